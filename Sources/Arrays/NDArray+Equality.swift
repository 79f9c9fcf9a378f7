extension NDArray: Equatable {
  /// Whether both arrays have the same dtype, shape and elements; NaN equals nothing.
  ///
  /// Poisoned arrays are equal when their errors are.
  public static func == (a: NDArray, b: NDArray) -> Bool {
    guard a.dtype == b.dtype, a.shape == b.shape, a.error == b.error else { return false }
    var visitor = EqualVisitor(a: a, b: b)
    return withExtendedLifetime((a, b)) { a.dtype.visit(&visitor) }
  }
}

/// Compares arrays of one shape where they lie: there may be no memory for copies.
private struct EqualVisitor: ElementVisitor {
  let a: NDArray
  let b: NDArray

  func visit<Element: CastableElement>(_ type: Element.Type) -> Bool {
    let (a, b) = (
      self.a.storage.base.assumingMemoryBound(to: type),
      self.b.storage.base.assumingMemoryBound(to: type)
    )
    if self.a.isContiguous, self.b.isContiguous {
      let (a, b) = (a + self.a.offset, b + self.b.offset)
      return (0..<self.a.count).allSatisfy { a[$0] == b[$0] }
    }
    // Once for all along an axis that neither array moves on.
    let shape = self.a.shape.indices.map { axis in
      let isRepeated = self.a.strides[axis] == 0 && self.b.strides[axis] == 0
      return isRepeated ? min(self.a.shape[axis], 1) : self.a.shape[axis]
    }
    return zip(Places(self.a, shape), Places(self.b, shape)).allSatisfy { a[$0] == b[$1] }
  }
}

/// Where the elements of an array lie in its storage, in C order.
private struct Places: Sequence, IteratorProtocol {
  private var runs: StridedRuns
  private var place = 0
  private var left = 0

  init(_ array: NDArray, _ shape: [Int]) {
    runs = StridedRuns(shape: shape, strides: array.strides, offset: array.offset)
  }

  mutating func next() -> Int? {
    if left == 0 {
      guard let start = runs.next() else { return nil }
      (place, left) = (start, runs.length)
    }
    defer {
      place &+= runs.stride
      left -= 1
    }
    return place
  }
}
