extension NDArray {
  /// Makes an array of `elements` in C order; of rank 1 unless a shape is given.
  public init<Element: ArrayElement>(
    _ elements: [Element], shape: [Int]
  ) throws(ArrayError) {
    let byteCount = try Self.byteCount(Element.dtype, shape, for: "array")
    let count = byteCount / Element.dtype.byteCount
    guard count == elements.count else {
      throw .countMismatch("array", shape, needs: count, count: elements.count)
    }
    try self.init(uninitialized: Element.dtype, shape: shape)
    copyElements(elements)
  }

  /// Makes an array of rank 1.
  public init<Element: ArrayElement>(_ elements: [Element]) {
    self = Self.orPoison(Element.dtype) { () throws(ArrayError) in
      try NDArray(elements, shape: [elements.count])
    }
  }

  /// Makes an array of rank 0.
  public init<Element: ArrayElement>(_ value: Element) { self.init(scalar: value.scalar) }

  /// Makes an array of rank 0.
  public init(scalar: Scalar) { self = .full(scalar, shape: []) }

  /// Returns an array of zeros; of `false` for `bool`.
  public static func zeros(_ dtype: DType = .float64, shape: [Int]) -> NDArray {
    orPoison(dtype) { () throws(ArrayError) in
      try NDArray(uninitialized: dtype, shape: shape, zeroed: true, for: "zeros")
    }
  }

  /// Returns an array of ones; of `true` for `bool`.
  public static func ones(_ dtype: DType = .float64, shape: [Int]) -> NDArray {
    filled(.one(dtype), shape, "ones")
  }

  /// Returns an array that holds `value` everywhere.
  public static func full(_ value: Scalar, shape: [Int]) -> NDArray { filled(value, shape, "full") }

  /// Returns an array that holds `value` everywhere.
  public static func full(_ value: some ArrayElement, shape: [Int]) -> NDArray {
    filled(value.scalar, shape, "full")
  }

  /// Returns the whole numbers from 0 up to but without `stop`.
  public static func arange(_ stop: Int, _ dtype: DType = .int64) -> NDArray {
    arange(0, stop, dtype)
  }

  /// Returns the numbers from `start` in steps of `step` up to but without `stop`.
  ///
  /// Each is `start + i * step` in 64-bit integers, wrapping, then cast to `dtype`.
  public static func arange(_ start: Int, _ stop: Int, step: Int = 1, _ dtype: DType = .int64)
    -> NDArray
  {
    guard step != 0 else { return NDArray(poison: .zeroStep("arange"), dtype: dtype) }
    let (low, high) = step > 0 ? (start, stop) : (stop, start)
    let span = high > low ? UInt(bitPattern: high) &- UInt(bitPattern: low) : 0
    let count = span == 0 ? 0 : (span - 1) / step.magnitude + 1
    return generated(
      dtype, [Int(clamping: count)], "arange", WholeProgression(start: start, step: step))
  }

  /// Returns the numbers from `start` in steps of `step` up to but without `stop`.
  ///
  /// As in NumPy there are `ceil((stop - start) / step)` of them, each `start + i * step`.
  public static func arange(
    _ start: Double, _ stop: Double, step: Double = 1, _ dtype: DType = .float64
  ) -> NDArray {
    let count = ((stop - start) / step).rounded(.up)
    guard step != 0, step.isFinite, start.isFinite, stop.isFinite else {
      return NDArray(poison: .noProgression(start, stop, step), dtype: dtype)
    }
    return generated(
      dtype, [Int(saturating: max(count, 0))], "arange", Progression(start: start, step: step))
  }
}

private struct WholeProgression: ElementSource {
  let start: Int
  let step: Int

  func element(at place: Int) -> Int64 { Int64(start &+ place &* step) }
}

private struct Progression: ElementSource {
  let start: Double
  let step: Double

  func element(at place: Int) -> Double { start + Double(place) * step }
}

/// Elements as a function of their places. A type, not a closure, so that the compiler makes a loop of it for each
/// dtype: ten million random numbers take a third of the time.
protocol ElementSource {
  associatedtype Element: CastableElement

  func element(at place: Int) -> Element
}

extension NDArray {
  /// Runs a throwing factory; its error becomes a poisoned array.
  package static func orPoison(
    _ dtype: DType = .float64, _ make: () throws(ArrayError) -> NDArray
  ) -> NDArray {
    do throws(ArrayError) { return try make() } catch {
      return NDArray(poison: error, dtype: dtype)
    }
  }

  /// Makes an array in C order of elements that are cast to `dtype`.
  static func generated(
    _ dtype: DType, _ shape: [Int], _ operation: String, _ source: some ElementSource
  ) -> NDArray {
    orPoison(dtype) { () throws(ArrayError) in
      let result = try NDArray(uninitialized: dtype, shape: shape, for: operation)
      var visitor = GenerateVisitor(start: result.start, count: result.count, source: source)
      dtype.visit(&visitor)
      return result
    }
  }

  private static func filled(_ value: Scalar, _ shape: [Int], _ operation: String) -> NDArray {
    orPoison(value.dtype) { () throws(ArrayError) in
      let result = try NDArray(uninitialized: value.dtype, shape: shape, for: operation)
      var visitor = FillVisitor(start: result.start, count: result.count, bits: value.bitPattern)
      value.dtype.visit(&visitor)
      return result
    }
  }

  /// Fills a fresh contiguous array.
  private func copyElements<Element: ArrayElement>(_ elements: [Element]) {
    elements.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      start.copyMemory(from: source, byteCount: bytes.count)
    }
  }
}

private struct GenerateVisitor<Source: ElementSource>: ElementVisitor {
  let start: UnsafeMutableRawPointer
  let count: Int
  let source: Source

  func visit<Element: CastableElement>(_ type: Element.Type) {
    let target = start.assumingMemoryBound(to: type)
    for i in 0..<count { target[i] = source.element(at: i).cast(to: type) }
  }
}

private struct FillVisitor: ElementVisitor {
  let start: UnsafeMutableRawPointer
  let count: Int
  let bits: UInt64

  func visit<Element: CastableElement>(_ type: Element.Type) {
    let target = start.bindMemory(to: type, capacity: count)
    let value = withUnsafeBytes(of: bits.littleEndian) { $0.loadUnaligned(as: type) }
    target.update(repeating: value, count: count)
  }
}
