import Arrays

extension ScalarProgram where Operation == Instruction {
  /// How many floating-point operations the program does: a fused multiply-add counts as two, as it
  /// does in the peak rates of processors.
  public var floatingOperationCount: Int {
    lines.reduce(0) { count, line in
      line.dtype.isFloating ? count + line.operation.floatingOperationCount : count
    }
  }
}

extension Instruction {
  fileprivate var floatingOperationCount: Int {
    switch self {
    case .fma: 2
    case .add, .sub, .mul, .div, .rem, .scale, .sqrt, .min, .max: 1
    case .neg, .abs, .floor, .ceil, .trunc, .roundEven, .eq, .ne, .lt, .le, .gt, .ge, .and, .or,
      .xor, .not, .shiftLeft, .shiftRight, .select, .convert, .bitcast, .lookup:
      0
    }
  }
}
