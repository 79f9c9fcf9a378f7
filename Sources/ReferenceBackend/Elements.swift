import Arrays

/// Working copies of an array's elements, in C order, in a type that loops can compute in.
extension NDArray {
  /// The elements as `Double`.
  var reals: [Double] {
    get throws { try cast(to: .float64).elements(as: Double.self) }
  }

  /// The low 64 bits of whole numbers and bools.
  var integers: [Int64] {
    get throws { try cast(to: .int64).elements(as: Int64.self) }
  }

  /// The low 64 bits of whole numbers and bools, without a sign.
  var naturals: [UInt64] {
    get throws { try cast(to: .uint64).elements(as: UInt64.self) }
  }

  /// The elements with their dtype.
  var scalars: [Scalar] {
    get throws {
      let array = try contiguous().checked()
      return (0..<array.count).map { array.scalar(at: $0) }
    }
  }

  /// Makes an array of `elements` in C order, cast to `dtype`.
  init(_ elements: [some ArrayElement], _ dtype: DType, _ shape: [Int]) throws {
    self = try NDArray(elements, shape: shape).cast(to: dtype).checked()
  }

  /// Makes an array of scalars that have the dtype.
  init(scalars: [Scalar], _ dtype: DType, _ shape: [Int]) throws {
    try self.init(uninitialized: dtype, shape: shape)
    for (place, scalar) in scalars.enumerated() {
      withUnsafeBytes(of: scalar.bitPattern.littleEndian) { bits in
        let target = UnsafeMutableRawBufferPointer(
          start: start + place * dtype.byteCount, count: dtype.byteCount)
        target.copyBytes(from: bits.prefix(dtype.byteCount))
      }
    }
  }
}
