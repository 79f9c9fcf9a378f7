package import Arrays

extension LaneProgram {
  /// Returns the program's results on one lane's operands, which have the dtypes of its inputs.
  package func evaluate(_ operands: [Scalar]) -> [Scalar] {
    var evaluator = LaneEvaluator(self)
    return zip(evaluator(operands.map(\.bitPattern)), results).map { pattern, result in
      Scalar(bitPattern: pattern, dtype(of: result))
    }
  }
}

/// Runs a program lane by lane, exactly as every back end has to: the bits of the results are the
/// only right ones, but for the payload of a NaN.
///
/// Values are the low bits of a word, as `Scalar.bitPattern` has them. The program is taken apart
/// once, so that a lane costs little more than a call for each line.
package struct LaneEvaluator {
  /// The inputs, the constants, and the results of the lines.
  private var slots: [UInt64]
  /// What each line computes, and the three slots it reads.
  private let functions: [PatternFunction]
  private let sources: [Int]
  private let firstLine: Int
  private let results: [Int]

  /// Prepares `program`, which is well formed.
  package init(_ program: LaneProgram) {
    var constants: [UInt64] = []
    let inputCount = program.inputs.count
    let operands = program.lines.flatMap(\.operands) + program.results
    let constantCount = operands.count { if case .constant = $0 { true } else { false } }
    let firstLine = inputCount + constantCount
    func slot(_ operand: LaneProgram.Operand) -> Int {
      switch operand {
      case .input(let number): return number
      case .line(let number): return firstLine + number
      case .constant(let scalar):
        constants.append(scalar.bitPattern)
        return inputCount + constants.count - 1
      }
    }
    functions = program.lines.map { line in
      line.operation.function(of: line.operands.map(program.dtype(of:)), line.dtype)
    }
    sources = program.lines.flatMap { line in (line.operands.map(slot) + [0, 0]).prefix(3) }
    results = program.results.map(slot)
    self.firstLine = firstLine
    let inputs = Array(repeating: UInt64(0), count: inputCount)
    slots = inputs + constants + Array(repeating: 0, count: program.lines.count)
  }

  /// Returns the results for one lane's inputs.
  package mutating func callAsFunction(_ inputs: [UInt64]) -> [UInt64] {
    for (number, input) in inputs.enumerated() { slots[number] = input }
    run()
    return results.map { slots[$0] }
  }

  /// Returns the only result for one lane's only input.
  package mutating func callAsFunction(_ input: UInt64) -> UInt64 {
    slots[0] = input
    run()
    return slots[results[0]]
  }

  /// Runs the lines. A plain loop: without optimization an iterator would cost more than the work.
  private mutating func run() {
    var number = 0, source = 0
    let count = functions.count
    while number < count {
      slots[firstLine + number] = functions[number](
        slots[sources[source]], slots[sources[source + 1]], slots[sources[source + 2]])
      number += 1
      source += 3
    }
  }
}

extension Scalar {
  /// The value of `dtype` whose bytes are the low bits of `pattern`.
  package init(bitPattern pattern: UInt64, _ dtype: DType) {
    self =
      switch dtype {
      case .bool: .bool(pattern & 1 != 0)
      case .float32: .float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern))), dtype)
      case .float64: .float(Double(bitPattern: pattern), dtype)
      default: Scalar.uint(pattern, .uint64).cast(to: dtype)
      }
  }
}
