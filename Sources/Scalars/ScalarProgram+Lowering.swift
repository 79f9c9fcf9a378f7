package import Arrays
import Synchronization

extension ScalarProgram where Operation == ScalarOp {
  /// Returns the same program in instructions: every operation replaced by its lowering.
  ///
  /// - Parameter calling: Whether `callableLines` become calls of functions.
  public func lowered(calling: Bool = false) -> LaneProgram {
    let builder = LaneBuilder(inputs: inputs)
    let called = calling ? callableLines : []
    var lanes: [Lane] = []
    func lane(_ operand: Operand) -> Lane {
      switch operand {
      case .input(let number): Lane(builder: builder, operand: .input(number))
      case .constant(let scalar): Lane(builder: builder, operand: .constant(scalar))
      case .line(let number): lanes[number]
      }
    }
    for (number, line) in lines.enumerated() {
      let operands = line.operands.map(lane)
      switch line.operation.definition.lowering {
      case .instruction(let instruction):
        lanes.append(Self.simplified(instruction, operands, line.dtype))
      case .expansion where called.contains(number):
        lanes.append(operands[0].builder.emit(.call(line.operation), operands, line.dtype))
      case .expansion(let expand): lanes.append(expand(operands))
      }
    }
    return builder.finish(results: results.map { lane($0).operand })
  }

  /// Leaves out what does nothing: rounding integers and conversions to the same dtype.
  private static func simplified(
    _ instruction: Instruction, _ operands: [Lane], _ dtype: DType
  ) -> Lane {
    switch instruction {
    case .floor, .ceil, .trunc, .roundEven: if !dtype.isFloating { return operands[0] }
    case .convert: if operands[0].dtype == dtype { return operands[0] }
    case .abs: if dtype.isUnsigned { return operands[0] }
    default: break
    }
    return operands[0].builder.emit(instruction, operands, dtype)
  }
}

extension ScalarProgram where Operation == ScalarOp {
  /// The lines that take so long that calling functions adds little. Those of the same operands are not
  /// among them if they share instructions, as sine and cosine share all but a few.
  private var callableLines: Set<Int> {
    let long = lines.indices.filter {
      lines[$0].dtype.isFloating && lines[$0].operation.definition.cost >= 12
    }
    let groups = Dictionary(grouping: long) { lines[$0].operands }.values
    return Set(groups.flatMap { group in group.filter { !sharesInstructions($0, in: group) } })
  }

  /// Whether a line and another of a group would take clearly more instructions apart than together.
  private func sharesInstructions(_ line: Int, in group: [Int]) -> Bool {
    group.contains { other in
      other != line
        && LaneProgram.shareInstructions(
          lines[line].operation, lines[other].operation, lines[line].dtype)
    }
  }

  /// About how many instructions the program is lowered to: as many as its operations take one by one. This
  /// is known without lowering it.
  public var instructionCount: Int {
    lines.indices.reduce(0) { $0 + length(ofLine: $1).instructions }
  }

  /// About how many sums take as long as the program: its instructions, of which divisions and roots count as many.
  package var instructionTime: Int {
    lines.indices.reduce(0) { $0 + length(ofLine: $1).time }
  }

  /// How many instructions fewer the program has with calls of functions.
  package var instructionsSparedByCalls: Int {
    callableLines.reduce(0) { $0 + length(ofLine: $1).instructions - 1 }
  }

  private func length(ofLine number: Int) -> ProgramLength {
    let line = lines[number]
    if case .instruction(let instruction) = line.operation.definition.lowering {
      // Integers are divided by constants as they are multiplied.
      let isByConstant =
        if case .constant? = line.operands.last { !line.dtype.isFloating } else { false }
      let time = instruction.time(line.dtype)
      return ProgramLength(instructions: 1, time: isByConstant ? min(time, 4) : time)
    }
    return LaneProgram.length(of: line.operation, line.operands.map(dtype), as: line.dtype)
  }
}

/// How long a program is.
private struct ProgramLength {
  var instructions = 0, time = 0
}

extension Instruction {
  /// How many sums of as many lanes take as long: on Emerald Rapids, of 64 bytes, a quotient of float32 takes
  /// 10 cycles and a root 12, of float64 16 and 24, and two sums take one. Integers are divided as floats, those of
  /// 64 bits one by one.
  fileprivate func time(_ dtype: DType) -> Int {
    switch self {
    case .div, .rem, .sqrt:
      if dtype.isFloating {
        dtype == .float64 ? 32 : 16
      } else {
        dtype.bitWidth == 64 ? 128 : dtype.bitWidth == 32 ? 32 : 16
      }
    default: 1
    }
  }
}

extension LaneProgram {
  /// What is known of the lengths of operations that are more than an instruction.
  private static let lengths = Mutex<[Typed: ProgramLength]>([:])
  private struct Typed: Hashable {
    let operation: ScalarOp
    let operands: [DType]
    let dtype: DType
  }

  /// How long an operation on operands of some dtypes is.
  fileprivate static func length(
    of operation: ScalarOp, _ operands: [DType], as dtype: DType
  ) -> ProgramLength {
    let typed = Typed(operation: operation, operands: operands, dtype: dtype)
    if let known = lengths.withLock({ $0[typed] }) { return known }
    var composite = Composite()
    composite.results = [
      composite.append(operation, operands.map { composite.addInput($0) }, dtype)
    ]
    let lines = composite.lowered().lines
    let time = lines.reduce(0) { $0 + $1.operation.time($1.dtype) }
    let length = ProgramLength(instructions: lines.count, time: time)
    lengths.withLock { $0[typed] = length }
    return length
  }
}

extension LaneProgram {
  /// What is known of pairs of operations that were met on one operand.
  private static let pairs = Mutex<[Pair: Bool]>([:])
  private struct Pair: Hashable {
    let operations: Set<ScalarOp>
    let dtype: DType
  }

  /// Whether two operations on the same operands, of one floating dtype, share eight instructions or more.
  fileprivate static func shareInstructions(_ a: ScalarOp, _ b: ScalarOp, _ dtype: DType) -> Bool {
    guard a.definition.signature.arity == b.definition.signature.arity else { return false }
    let pair = Pair(operations: [a, b], dtype: dtype)
    if let known = pairs.withLock({ $0[pair] }) { return known }
    let counts = [[a], [b], [a, b]].map { functions($0, dtype).lines.count }
    let share = counts[2] + 8 <= counts[0] + counts[1]
    pairs.withLock { $0[pair] = share }
    return share
  }

  /// Operations on the same operands, of one floating dtype, as are their results.
  private static func functions(_ operations: [ScalarOp], _ dtype: DType) -> LaneProgram {
    var composite = Composite()
    let operands = (0..<operations[0].definition.signature.arity).map { _ in
      composite.addInput(dtype)
    }
    composite.results = operations.map { composite.append($0, operands, dtype) }
    return composite.lowered()
  }

  /// An operation alone, whose operands and result have one floating dtype: what a function of it does.
  package static func function(_ operation: ScalarOp, _ dtype: DType) -> LaneProgram {
    functions([operation], dtype)
  }
}
