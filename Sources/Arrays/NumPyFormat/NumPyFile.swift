/// An array as the bytes of a `.npy` file.
struct NumPyFile {
  /// The bytes before the elements.
  let header: [UInt8]

  private let elements: NDArray

  /// An array whose transpose lies in C order is written as it lies, in Fortran order, as NumPy does.
  init(_ array: NDArray) throws(ArrayError) {
    let transposed = try array.transposed()
    let isFortranOrder = !array.isContiguous && transposed.isContiguous
    header =
      NumPyHeader(dtype: array.dtype, isFortranOrder: isFortranOrder, shape: array.shape).bytes
    elements = try (isFortranOrder ? transposed : array).contiguous().checked()
  }

  /// Lends the bytes of the elements, in the file's order.
  func withElements(
    _ body: (UnsafeRawBufferPointer) throws(ArrayError) -> Void
  ) throws(ArrayError) {
    let byteCount = elements.count * elements.dtype.byteCount
    defer { withExtendedLifetime(elements) {} }
    try body(UnsafeRawBufferPointer(start: elements.start, count: byteCount))
  }

  /// Returns the array that the bytes of a file are, over those bytes where that can be.
  ///
  /// - Parameter storage: the whole file; held by nobody else.
  static func array(in storage: ArrayStorage, name: String) throws(ArrayError) -> NDArray {
    let bytes = UnsafeRawBufferPointer(start: storage.base, count: storage.byteCount)
    let (header, start) = try NumPyHeader.parse(bytes, name: name)
    let (dtype, available) = (header.dtype, bytes.count - start)
    try check(header, available: available, name: name)

    let shape = header.isFortranOrder ? header.shape.reversed() : header.shape
    var array = NDArray(
      storage: storage, dtype: dtype, shape: shape, strides: Shape.contiguousStrides(shape),
      offset: start / dtype.byteCount)
    if start % NumPyHeader.alignment != 0 {
      // Files of old versions of NumPy are aligned to 16 bytes only, others perhaps not at all.
      array = try NDArray(uninitialized: dtype, shape: shape, for: name)
      array.start.copyMemory(from: storage.base + start, byteCount: available)
    }
    if header.isBigEndian { swapBytes(array) }
    if dtype == .bool { normalize(array) }
    withExtendedLifetime(storage) {}
    return header.isFortranOrder ? try array.transposed() : array
  }

  /// A header may lie about the shape; what it says must be exactly what follows.
  private static func check(
    _ header: NumPyHeader, available: Int, name: String
  ) throws(ArrayError) {
    try NDArray.checkExtents(header.shape, for: name)
    guard let count = Shape.count(header.shape) else {
      throw .tooManyElements(name, header.shape)
    }
    let byteCount = UInt128(count) * UInt128(header.dtype.byteCount)
    if byteCount != UInt128(available) {
      throw .wrongDataSize(
        name, header.dtype, header.shape, byteCount: byteCount, available: available)
    }
  }

  private static func swapBytes(_ array: NDArray) {
    func swap<Bits: FixedWidthInteger>(_ type: Bits.Type) {
      let elements = array.start.assumingMemoryBound(to: type)
      for i in 0..<array.count { elements[i] = elements[i].byteSwapped }
    }
    switch array.dtype.byteCount {
    case 2: swap(UInt16.self)
    case 4: swap(UInt32.self)
    case 8: swap(UInt64.self)
    default: break
    }
  }

  /// Any byte but 0 is true to NumPy; a Swift `Bool` must be 0 or 1.
  private static func normalize(_ array: NDArray) {
    let bytes = array.start.assumingMemoryBound(to: UInt8.self)
    for i in 0..<array.count where bytes[i] > 1 { bytes[i] = 1 }
  }
}
