extension NDArray {
  /// Returns the only element.
  ///
  /// - Throws: when there are several or none, or when `Element` does not hold every value of the
  ///   dtype.
  public func scalar<Element: ArrayElement>(
    as type: Element.Type
  ) throws(ArrayError) -> Element {
    try checked()
    guard count == 1 else { throw .notOneElement("scalar", dtype, shape) }
    return try read(at: offset, as: type, "scalar")
  }

  /// Returns all elements in C order.
  ///
  /// - Throws: when `Element` does not hold every value of the dtype, or the machine does not have the
  ///   memory.
  public func elements<Element: ArrayElement>(
    as type: Element.Type
  ) throws(ArrayError) -> [Element] {
    let array = try readable(as: type, "elements")
    let byteCount = try Self.byteCount(Element.dtype, shape, for: "elements")
    // Swift's own arrays end the process instead.
    guard byteCount <= MemoryLimit.byteCount else {
      throw .cannotAllocate("elements", byteCount: UInt128(byteCount))
    }
    let count = array.count
    return [Element](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      if let base = buffer.baseAddress { array.copy(to: base, as: Element.dtype) }
      initializedCount = count
    }
  }

  /// Returns one element; negative indices count from the end of their axis.
  public func element<Element: ArrayElement>(
    at indices: [Int], as type: Element.Type
  ) throws(ArrayError) -> Element {
    try checked()
    return try read(at: try place(of: indices, "element"), as: type, "element")
  }

  /// Returns one element; negative indices count from the end of their axis.
  public subscript<Element: ArrayElement>(
    _ indices: Int..., as type: Element.Type
  ) -> Element {
    get throws(ArrayError) { try element(at: indices, as: type) }
  }

  /// Changes one element, whose dtype must be that of `value`.
  public mutating func setElement<Element: ArrayElement>(
    at indices: [Int], to value: Element
  ) throws(ArrayError) {
    try checked()
    if Element.dtype != dtype { throw .notThatDType("setElement", dtype, as: Element.dtype) }
    _ = try place(of: indices, "setElement")
    try makeWritable()
    let place = try place(of: indices, "setElement")
    storage.base.assumingMemoryBound(to: Element.self)[place] = value
  }

  /// Lends the elements in C order, copied only if they do not lie that way.
  public func withElements<Element: ArrayElement, Result>(
    of type: Element.Type, _ body: (Span<Element>) throws -> Result
  ) throws -> Result {
    let array = try readable(as: type, "withElements").cast(to: Element.dtype).contiguous()
    try array.checked()
    let pointer = array.start.assumingMemoryBound(to: type)
    defer { withExtendedLifetime(array.storage) {} }
    return try body(Span(_unsafeStart: pointer, count: array.count))
  }

  /// Lends the elements in C order for changing; their dtype must be `Element`'s.
  public mutating func withMutableElements<Element: ArrayElement, Result>(
    of type: Element.Type, _ body: (inout MutableSpan<Element>) throws -> Result
  ) throws -> Result {
    try checked()
    if Element.dtype != dtype {
      throw ArrayError.notThatDType("withMutableElements", dtype, as: Element.dtype)
    }
    try makeWritable(contiguous: true)
    defer { withExtendedLifetime(storage) {} }
    var span = MutableSpan(
      _unsafeStart: start.assumingMemoryBound(to: type), count: count)
    return try body(&span)
  }
}

extension NDArray {
  /// Makes sure that a write changes this array alone and each place stands for one element.
  package mutating func makeWritable(contiguous: Bool = false) throws(ArrayError) {
    let aliases = zip(shape, strides).contains { $0 > 1 && $1 == 0 }
    isWeak = false
    if isUniquelyReferenced(), contiguous ? isContiguous : !aliases { return }
    self = try copied(as: dtype).checked()
  }

  /// Returns the array if its elements may be read as `type`.
  private func readable<Element: ArrayElement>(
    as type: Element.Type, _ operation: String
  ) throws(ArrayError) -> NDArray {
    try checked()
    guard Element.dtype.holdsEveryValue(of: dtype) else {
      throw .wrongElementType(operation, dtype, as: Element.dtype)
    }
    return self
  }

  /// Returns the element at a place in storage.
  private func read<Element: ArrayElement>(
    at place: Int, as type: Element.Type, _ operation: String
  ) throws(ArrayError) -> Element {
    let array = try readable(as: type, operation)
    var element = NDArray(
      storage: array.storage, dtype: dtype, shape: [], strides: [], offset: place)
    if Element.dtype != dtype { element = try element.cast(to: Element.dtype).checked() }
    return element.start.load(as: type)
  }

  private func place(of indices: [Int], _ operation: String) throws(ArrayError) -> Int {
    guard indices.count == rank else {
      throw .wrongIndexCount(operation, indices.count, rank: rank)
    }
    var place = offset
    for (axis, index) in indices.enumerated() {
      guard let fromFront = Shape.axis(index, rank: shape[axis]) else {
        throw .indexOutOfRange(operation, index, axis: axis, extent: shape[axis])
      }
      place += fromFront * strides[axis]
    }
    return place
  }
}
