package import Arrays

extension ScalarProgram where Operation == Instruction {
  /// How many floating-point operations the program does: a fused multiply-add counts as two, as it
  /// does in the peak rates of processors.
  public var floatingOperationCount: Int {
    floatingOperationsOfLines.reduce(0) { $0 + ($1?.count ?? 0) }
  }

  /// What each line counts, and in which dtype it is done; nil for lines that count nothing.
  package var floatingOperationsOfLines: [(dtype: DType, count: Int)?] {
    lines.map { line in
      let count = line.operation.floatingOperationCount(in: line.dtype)
      return line.dtype.isFloating && count > 0 ? (line.dtype, count) : nil
    }
  }
}

extension Instruction {
  fileprivate func floatingOperationCount(in dtype: DType) -> Int {
    switch self {
    case .call(let operation): LaneProgram.function(operation, dtype).floatingOperationCount
    case .fma: 2
    case .add, .sub, .mul, .div, .rem, .scale, .sqrt, .min, .max: 1
    case .neg, .abs, .floor, .ceil, .trunc, .roundEven, .eq, .ne, .lt, .le, .gt, .ge, .and, .or,
      .xor, .not, .shiftLeft, .shiftRight, .select, .convert, .bitcast, .lookup:
      0
    }
  }
}
