extension NDArray {
  /// Returns the element that lies `place` elements behind the start of the array, with its dtype.
  ///
  /// - Precondition: the place is one that the array's shape and strides reach.
  package func scalar(at place: Int) -> Scalar {
    var visitor = LoadVisitor(element: start + place * dtype.byteCount)
    return dtype.visit(&visitor)
  }
}

private struct LoadVisitor: ElementVisitor {
  let element: UnsafeRawPointer

  func visit<Element: CastableElement>(_ type: Element.Type) -> Scalar {
    element.load(as: type).scalar
  }
}
