internal import Arrays
internal import KernelIR
internal import Scalars

// What a processor's pipes mean for sums and conversions. None of it changes a bit of any result.

extension StageProgram {
  /// The accumulators, by number, that are better formed as `1 * value + sum`: sums in float64 that would wait for
  /// the pipes of additions while those of multiplications have less to do.
  var sumsByMultiplication: Set<Int> {
    let busy = program.lines.indices.filter {
      needed.contains(.line($0)) && lines[$0].level == .point
    }
    .map { program.lines[$0] }
    var surplus = busy.map { $0.operation.pipe.sign * $0.dtype.byteCount }.reduce(0, +)
    surplus += stage.accumulators.filter { $0.dtype.isFloating && $0.reduction.isExtreme }
      .map(\.dtype.byteCount).reduce(0, +)
    // A product is added by the multiplication that forms it, and so is its negative.
    let sums = stage.accumulators.indices.filter { number in
      let accumulator = stage.accumulators[number]
      guard accumulator.reduction == .sum, accumulator.dtype == .float64 else { return false }
      guard case .line(let line) = program.results[accumulator.result] else { return true }
      return ![.mul, .neg].contains(program.lines[line].operation)
    }
    surplus += sums.count * DType.float64.byteCount
    return Set(sums.prefix(max(0, surplus) / (2 * DType.float64.byteCount)))
  }

  /// How many values are converted between 4 and 8 bytes at every point.
  private var conversionCount: Int {
    program.lines.indices.count {
      let line = program.lines[$0]
      guard needed.contains(.line($0)), lines[$0].level == .point, line.operation == .convert
      else { return false }
      let byteCounts = [line.dtype, program.dtype(of: line.operands[0])].map(\.byteCount)
      return byteCounts.sorted() == [4, 8]
    }
  }

  /// Whether conversions are much of what the stages do in their loops, and nothing takes whole vectors.
  static func convert(_ stages: [StageProgram]) -> Bool {
    let needWhole = stages.contains { stage in
      stage.program.lines.contains { $0.operation.isCall || $0.operation == .scale }
    }
    let loops = stages.filter(\.stage.loops)
    let instructions = loops.map { $0.lineCount + $0.stage.accumulators.count }.reduce(0, +)
    let conversions = loops.map(\.conversionCount).reduce(0, +)
    return !needWhole && conversions > 0 && instructions <= 8 * conversions
  }
}

extension Instruction {
  /// Where an instruction on floats runs.
  fileprivate enum Pipe {
    case additions, multiplications, any

    var sign: Int {
      switch self {
      case .additions: 1
      case .multiplications: -1
      case .any: 0
      }
    }
  }

  fileprivate var pipe: Pipe {
    switch self {
    case .add, .sub, .convert, .min, .max, .floor, .ceil, .trunc, .roundEven: .additions
    case .mul, .fma, .div, .sqrt, .scale, .eq, .ne, .lt, .le, .gt, .ge, .call: .multiplications
    case .rem, .neg, .abs, .and, .or, .xor, .not, .shiftLeft, .shiftRight, .select, .bitcast,
      .lookup:
      .any
    }
  }
}
