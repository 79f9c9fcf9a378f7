internal import Arrays
internal import KernelIR
internal import Scalars

/// A stage in instructions, with what is known of each value before anything is emitted.
struct StageProgram {
  /// How often a value has to be computed.
  enum Level: Int, Comparable, CaseIterable {
    /// Once for a walk along the lane axis.
    case segment
    /// Once for a strip of lanes that lie along an outer axis.
    case strip
    /// At every point.
    case point

    static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  /// What is known of a value.
  struct Fact {
    var level: Level
    /// Whether all lanes have the same value, so that one lane is enough.
    var isUniform: Bool
  }

  let stage: Stage
  let program: LaneProgram
  /// What is known of each input and line of the program.
  let inputs: [Fact]
  let lines: [Fact]
  /// The inputs and lines that a store or an accumulator depends on.
  private(set) var needed: Set<LaneProgram.Operand> = []
  /// For each accumulator, the bools that it counts: a sum of bools converted to integers.
  private(set) var counted: [LaneProgram.Operand?] = []
  /// What is computed only where it matters, by the line before which it is; and all lines of these.
  private(set) var regions: [Int: GuardedRegion] = [:]
  private(set) var guarded: Set<Int> = []

  init(_ stage: Stage, _ program: LaneProgram, of kernel: Kernel, lanesAlong axis: LaneAxis) {
    let program = program.withExactProducts(in: stage).withoutIdleLimits(in: stage, of: kernel)
    // A stage that runs once for a row has no lanes.
    var axis = axis
    if case .inner = axis, !stage.loops { axis = .none }
    self.init(stage, program, stage.sources.map { Self.fact(of: $0, in: kernel, axis) })
    markNeeded(stage.stores.map { program.results[$0.result] })
    markNeeded(zip(stage.accumulators, counted).map { $1 ?? program.results[$0.result] })
    findRegions()
  }

  /// All of a function's program, whose inputs are vectors that whoever emits it puts into the scope.
  init(function program: LaneProgram) {
    let stage = Stage(
      loops: true, sources: program.inputs.indices.map { .accumulator($0) },
      composite: Composite(inputs: program.inputs), stores: [], accumulators: [])
    self.init(stage, program, program.inputs.map { _ in Fact(level: .point, isUniform: false) })
    markNeeded(program.results)
    findRegions()
  }

  private init(_ stage: Stage, _ program: LaneProgram, _ inputs: [Fact]) {
    var lines: [Fact] = []
    for line in program.lines {
      var fact = Fact(level: .segment, isUniform: true)
      for operand in line.operands {
        let other = Self.fact(of: operand, inputs, lines)
        fact.level = max(fact.level, other.level)
        fact.isUniform = fact.isUniform && other.isUniform
      }
      lines.append(fact)
    }
    (self.stage, self.program, self.inputs, self.lines) = (stage, program, inputs, lines)
    counted = stage.accumulators.map(countedBools)
  }

  private mutating func findRegions() {
    regions = GuardedRegion.all(of: self)
    guarded = Set(regions.values.flatMap { $0.lines + $0.selects })
  }

  /// What is known of any operand.
  func fact(of operand: LaneProgram.Operand) -> Fact { Self.fact(of: operand, inputs, lines) }

  private static func fact(
    of operand: LaneProgram.Operand, _ inputs: [Fact], _ lines: [Fact]
  ) -> Fact {
    switch operand {
    case .input(let number): inputs[number]
    case .constant: Fact(level: .segment, isUniform: true)
    case .line(let number): lines[number]
    }
  }

  private static func fact(of source: Source, in kernel: Kernel, _ lanes: LaneAxis) -> Fact {
    switch source {
    case .scalar: return Fact(level: .segment, isUniform: true)
    case .accumulator:
      if case .outer = lanes { return Fact(level: .strip, isUniform: false) }
      return Fact(level: .segment, isUniform: true)
    case .load(let number):
      let access = kernel.accesses[number]
      let isUniform = lanes.axis.map { access.steps[$0] == .broadcast } ?? true
      guard case .outer = lanes else {
        return Fact(level: isUniform ? .segment : .point, isUniform: isUniform)
      }
      if access.steps[kernel.outerCount...].contains(where: { $0 != .broadcast }) {
        return Fact(level: .point, isUniform: isUniform)
      }
      // An earlier stage of the same strip may have written it.
      let isSettled = isUniform && !kernel.arguments[access.argument].isOutput
      return Fact(level: isSettled ? .segment : .strip, isUniform: isUniform)
    }
  }

  private func countedBools(_ accumulator: Accumulator) -> LaneProgram.Operand? {
    guard accumulator.reduction == .sum, accumulator.dtype.isInteger,
      case .line(let number) = program.results[accumulator.result],
      program.lines[number].operation == .convert,
      let bools = program.lines[number].operands.first, program.dtype(of: bools) == .bool
    else { return nil }
    return bools
  }

  /// Marks what `results` depend on.
  private mutating func markNeeded(_ results: [LaneProgram.Operand]) {
    var pending = results
    while let operand = pending.popLast() {
      guard needed.insert(operand).inserted, case .line(let number) = operand else { continue }
      pending += program.lines[number].operands
    }
  }
}

extension StageProgram {
  /// The instructions that the lines count for which are computed for each vector: at every point of a
  /// loop, or once where the stage does not loop.
  var lineCount: Int {
    let level: Level = stage.loops ? .point : .strip
    return length { lines[$0].level == level }
  }

  /// Whether there is so much to do between sums that the vectors of a row may share their states.
  var hidesSums: Bool { lineCount >= Cut.linesThatHideSums }

  /// Whether vectors are passed to functions.
  var callsFunctions: Bool {
    program.lines.indices.contains {
      needed.contains(.line($0)) && program.lines[$0].operation.isCall && !lines[$0].isUniform
    }
  }

  /// The lines that are not calls.
  var inlineLineCount: Int {
    program.lines.indices.count {
      needed.contains(.line($0)) && !program.lines[$0].operation.isCall
    }
  }

  /// How many instructions those needed lines count for that are of some kind.
  private func length(where isMeant: (_ line: Int) -> Bool) -> Int {
    program.lines.indices.reduce(0) { sum, number in
      let counts = needed.contains(.line(number)) && isMeant(number)
      return counts ? sum + program.lines[number].operation.lineCount : sum
    }
  }

  /// The bytes of the widest value that vectors hold. What is the same in all lanes is not one of
  /// them, nor is a count of bools: however many lanes there are, it takes one instruction.
  var widestByteCount: Int {
    needed.filter { !fact(of: $0).isUniform }.map { program.dtype(of: $0).byteCount }.max() ?? 8
  }

  /// The bytes by which vectors are counted off in lanes: those of the widest value, or half of them
  /// where as much of the program is no wider than that. The wide values then take two registers
  /// each, which is no more work, and the others fill theirs.
  var laneByteCount: Int {
    let half = widestByteCount / 2
    let wide = length { program.lines[$0].dtype.byteCount > half }
    // Extremes look for NaN as well.
    let extremes = stage.accumulators.count { $0.dtype.byteCount <= half && $0.reduction.isExtreme }
    let narrow = length { _ in true } - wide + 3 * extremes
    return half >= 4 && narrow >= max(wide, 4) ? half : widestByteCount
  }

  /// The bytes by which vectors are counted off that all of some stages have in common: those that suit the
  /// stage of the widest values, or the one of the narrowest, for which the others take several registers.
  static func laneByteCount(of stages: [StageProgram], suitsNarrow: Bool) -> Int {
    let byteCounts = stages.map(\.laneByteCount), widest = byteCounts.max() ?? 8
    return suitsNarrow ? min(widest, max(byteCounts.min() ?? 8, 4)) : widest
  }

  /// The bytes of one lane of all accumulators, positions included, which are narrow along rows.
  func stateByteCount(isColumns: Bool) -> Int {
    stage.accumulators.map { accumulator in
      let size = accumulator.dtype.byteCount
      return size + (accumulator.reduction.isPosition ? isColumns ? 8 : max(4, size) : 0)
    }.reduce(0, +)
  }

  /// About how many instructions a vector takes, loads and stores aside.
  var work: Int {
    let lines = program.lines.enumerated().map { number, line in
      !needed.contains(.line(number))
        ? 0 : isFloatExtreme(line.operation, line.dtype) ? 6 : line.operation.lineCount
    }
    let accumulators = stage.accumulators.map { accumulator in
      let isExtreme = accumulator.reduction.isExtreme && accumulator.dtype.isFloating
      return accumulator.reduction.isPosition || isExtreme ? 6 : 1
    }
    return lines.reduce(0, +) + accumulators.reduce(0, +)
  }

  /// Whether NaN has to be looked for, which takes a mask register and so suits few vectors best.
  private func isFloatExtreme(_ instruction: Instruction, _ dtype: DType) -> Bool {
    (instruction == .min || instruction == .max) && dtype.isFloating
  }
}

extension Reduction {
  /// Whether the result is one of the values.
  var isExtreme: Bool { self == .min || self == .max }
}
