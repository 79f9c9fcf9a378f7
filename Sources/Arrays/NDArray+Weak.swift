extension NDArray {
  /// Whether the dtype gives way to that of what the array is used for, where no value changes.
  package var isWeak: Bool { isLiteral }

  /// Returns the array as one whose dtype gives way.
  package func givingWay() -> NDArray {
    var result = self
    result.isLiteral = true
    return result
  }

  /// Returns an array whose first axis counts `parts`, which have one shape, in the dtype that theirs
  /// promote to.
  package init(stacking parts: [NDArray]) throws(ArrayError) { try self.init(parts: parts) }

  /// Returns the array in `dtype` if no value changes, else nil. Between floating dtypes values round:
  /// a literal stands for the number that was written, which most have no exact value for.
  package func exactly(_ dtype: DType) -> NDArray? {
    let rounds = dtype.isFloating && self.dtype.isFloating
    return rounds || isRepresentable(in: dtype) ? cast(to: dtype) : nil
  }
}
