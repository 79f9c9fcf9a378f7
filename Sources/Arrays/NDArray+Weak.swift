extension NDArray {
  /// Returns the array as one whose dtype gives way.
  package func givingWay() -> NDArray {
    var result = self
    result.isWeak = true
    return result
  }

  /// Returns the array in `dtype` if no value changes, else nil. Between floating dtypes values round:
  /// a literal stands for the number that was written, which most have no exact value for.
  package func exactly(_ dtype: DType) -> NDArray? {
    let rounds = dtype.isFloating && self.dtype.isFloating
    return rounds || isRepresentable(in: dtype) ? cast(to: dtype) : nil
  }

  /// Whether every element has the same value in `dtype`, so that a literal may become it.
  package func isRepresentable(in dtype: DType) -> Bool {
    if dtype.holdsEveryValue(of: self.dtype) { return true }
    var visitor = RepresentableVisitor(array: self, dtype: dtype)
    return self.dtype.visit(&visitor)
  }
}

private struct RepresentableVisitor: ElementVisitor {
  let array: NDArray
  let dtype: DType

  func visit<Element: CastableElement>(_ type: Element.Type) -> Bool {
    let base = array.storage.base.assumingMemoryBound(to: type)
    let runs = StridedRuns(shape: array.shape, strides: array.strides, offset: array.offset)
    return runs.allSatisfy { offset in
      (0..<runs.length).allSatisfy {
        base[offset + $0 * runs.stride].scalar.isRepresentable(in: dtype)
      }
    }
  }
}
