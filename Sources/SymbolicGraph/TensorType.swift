public import Arrays

/// The dtype and the shape of a tensor.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
  /// The type of the elements.
  public let dtype: DType
  /// The length of every axis.
  public let shape: [Extent]

  /// Creates a type.
  public init(_ dtype: DType, _ shape: [Extent]) {
    self.dtype = dtype
    self.shape = shape
  }

  /// The number of axes.
  public var rank: Int { shape.count }

  /// The type as texts print it: `f32[batch,784]`.
  public var description: String { dtype.shortName + Self.text(shape) }

  /// The lengths as numbers, where all are known.
  package var concreteShape: [Int]? {
    let values = shape.compactMap(\.value)
    return values.count == shape.count ? values : nil
  }

  /// Whether the lengths that are known make up so few elements that sums and products of some such numbers fit
  /// 64 bits: 2⁵⁰, which take a core more than a day to read. They need not lie in memory. Where there are none,
  /// strides are counted all the same, in bytes.
  var isCountable: Bool {
    let product = shape.reduce(1) { $0 * Double(max($1.value ?? 1, 1)) }
    return product <= (shape.contains(.fixed(0)) ? 0x1p59 : 0x1p50)
  }

  package static func text(_ shape: [Extent]) -> String {
    "[" + shape.map(\.description).joined(separator: ",") + "]"
  }

  /// Returns the shape that operands of these shapes broadcast to, aligned at the last axis.
  static func broadcast(_ a: [Extent], _ b: [Extent]) -> (shape: [Extent]?, clash: Int) {
    let rank = max(a.count, b.count)
    var shape: [Extent] = []
    for axis in 0..<rank {
      let (i, j) = (axis - rank + a.count, axis - rank + b.count)
      let joint = Extent.broadcast(i < 0 ? .fixed(1) : a[i], j < 0 ? .fixed(1) : b[j])
      guard let joint else { return (nil, axis) }
      shape.append(joint)
    }
    return (shape, 0)
  }
}
