extension NDArray {
  /// Returns the element that lies `place` elements behind the start of the array, with its dtype.
  ///
  /// - Precondition: the place is one that the array's shape and strides reach.
  package func scalar(at place: Int) -> Scalar {
    func load<Element: ArrayElement>(_: Element.Type) -> Scalar {
      start.load(fromByteOffset: place * dtype.byteCount, as: Element.self).scalar
    }
    return switch dtype {
    case .bool: load(Bool.self)
    case .int8: load(Int8.self)
    case .int16: load(Int16.self)
    case .int32: load(Int32.self)
    case .int64: load(Int64.self)
    case .uint8: load(UInt8.self)
    case .uint16: load(UInt16.self)
    case .uint32: load(UInt32.self)
    case .uint64: load(UInt64.self)
    case .float32: load(Float.self)
    case .float64: load(Double.self)
    }
  }
}
