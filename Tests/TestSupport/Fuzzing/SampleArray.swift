package import Arrays

/// An array that a test feeds, as its text would write it: the elements, and how they lie in memory.
package struct SampleArray: Sendable {
  /// The elements in C order, in a contiguous array.
  package var elements: NDArray
  /// How they were drawn, where the array is too large to be written out.
  package var fill: (fill: Fill, seed: UInt64)?
  /// How they lie in memory.
  package var layout: SampleLayout

  package init(
    _ elements: NDArray, fill: (Fill, UInt64)? = nil, layout: SampleLayout = .contiguous
  ) {
    self.elements = elements
    self.fill = fill
    self.layout = layout
  }

  /// The array itself.
  package var array: NDArray { get throws { try elements.laidOut(layout) } }

  /// The Swift expression that makes the array.
  package var text: String {
    layout == .contiguous ? elementsText : "\(elementsText).laidOut(.\(layout))"
  }

  private var elementsText: String {
    if let (fill, seed) = fill, elements.count > 64 {
      return "Fill.\(fill).array(.\(elements.dtype), shape: \(elements.shape), seed: \(seed))"
    }
    if elements.count > 4, elements == .ones(elements.dtype, shape: elements.shape) {
      return "NDArray.ones(.\(elements.dtype), shape: \(elements.shape))"
    }
    let values = (0..<elements.count).map { elements.scalar(at: $0).swiftText }
    let list = "[\(values.joined(separator: ", "))] as [\(elements.dtype.swiftName)]"
    return "NDArray(\(list), shape: \(elements.shape))"
  }
}

/// How the elements of a sample lie in memory. None changes the elements but `broadcast`, which
/// repeats the first one of the first axis that is longer than 1.
package enum SampleLayout: String, CaseIterable, Sendable {
  case contiguous, transposed, reversed, everySecond, offset, columnOfMatrix, broadcast
}

extension NDArray {
  /// Returns an array of the same elements that lies in memory as `layout` says.
  package func laidOut(_ layout: SampleLayout) throws -> NDArray {
    switch layout {
    case .contiguous: return contiguous()
    case .transposed: return try transposed().contiguous().transposed()
    case .reversed:
      func turned(_ array: NDArray) throws -> NDArray {
        try (0..<rank).reduce(array) { try $0.slice(axis: $1, 0..<$0.shape[$1], step: -1) }
      }
      return try turned(turned(self).copied(as: dtype))
    case .everySecond:
      guard let last = shape.last else { return self }
      let pairs = try expandedDims(rank).broadcast(to: shape + [2]).contiguous()
      let doubled = try pairs.reshaped(shape.dropLast() + [2 * last])
      return try doubled.slice(axis: rank - 1, 0..<(2 * last), step: 2)
    case .offset:
      let copies = try expandedDims(0).broadcast(to: [2] + shape).contiguous()
      return try copies.slice(axis: 0, at: 1)
    case .columnOfMatrix:
      let columns = try expandedDims(rank).broadcast(to: shape + [3]).contiguous()
      return try columns.slice(axis: rank, at: 1)
    case .broadcast:
      guard let axis = shape.firstIndex(where: { $0 > 1 }) else { return self }
      return try slice(axis: axis, 0..<1).contiguous().broadcast(to: shape)
    }
  }
}

extension DType {
  /// The Swift type that elements are written as.
  var swiftName: String {
    switch self {
    case .float32: "Float"
    case .float64: "Double"
    case .bool: "Bool"
    case .int8, .int16, .int32, .int64: "Int\(bitWidth)"
    case .uint8, .uint16, .uint32, .uint64: "UInt\(bitWidth)"
    }
  }
}

extension Scalar {
  /// The value as Swift source.
  var swiftText: String {
    switch self {
    case .float(let value, let dtype):
      if value.isNaN { return ".nan" }
      if value.isInfinite { return value < 0 ? "-.infinity" : ".infinity" }
      return dtype == .float32 ? "\(Float(value))" : "\(value)"
    case .bool, .int, .uint: return "\(self)"
    }
  }
}
