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
  /// One line: from which slots it computes what.
  private struct Step {
    let function: PatternFunction
    let a, b, c: Int
  }

  private var slots: [UInt64]
  private let steps: [Step]
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
    steps = program.lines.map { line in
      let places = line.operands.map(slot) + [0, 0, 0]
      let dtypes = line.operands.map(program.dtype(of:))
      return Step(
        function: line.operation.function(of: dtypes, line.dtype),
        a: places[0], b: places[1], c: places[2])
    }
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

  private mutating func run() {
    var place = firstLine
    for step in steps {
      slots[place] = step.function(slots[step.a], slots[step.b], slots[step.c])
      place += 1
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
