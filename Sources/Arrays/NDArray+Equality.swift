extension NDArray: Equatable {
  /// Whether both arrays have the same dtype, shape and elements; NaN equals nothing.
  ///
  /// Poisoned arrays are equal when their errors are.
  public static func == (a: NDArray, b: NDArray) -> Bool {
    guard a.dtype == b.dtype, a.shape == b.shape, a.error == b.error else { return false }
    let (a, b) = (a.contiguous(), b.contiguous())
    var visitor = EqualVisitor(a: a.start, b: b.start, count: a.count)
    return withExtendedLifetime((a, b)) { a.dtype.visit(&visitor) }
  }
}

private struct EqualVisitor: ElementVisitor {
  let a: UnsafeMutableRawPointer
  let b: UnsafeMutableRawPointer
  let count: Int

  func visit<Element: CastableElement>(_ type: Element.Type) -> Bool {
    let (a, b) = (a.assumingMemoryBound(to: type), b.assumingMemoryBound(to: type))
    return (0..<count).allSatisfy { a[$0] == b[$0] }
  }
}
