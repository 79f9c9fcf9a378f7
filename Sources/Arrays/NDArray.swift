/// An array of numbers in memory: a dtype, a shape, and elements.
///
/// Arrays are values. Copies and views share their elements until one of them is written to, so that
/// slicing, transposing and broadcasting cost nothing. A factory that does not throw, and a literal
/// whose parts do not fit together, give a *poisoned* array, which has no elements and whose `error`
/// every throwing call throws.
public struct NDArray: Sendable {
  /// How the elements lie, which other arrays may share.
  @usableFromInline package private(set) var layout: ArrayLayout

  /// The bytes, which other arrays may share.
  @usableFromInline package internal(set) var storage: ArrayStorage

  /// The place in `storage`, in elements, of the element whose indices are all zero.
  @usableFromInline package internal(set) var offset: Int

  /// Whether the dtype gives way to that of what the array is used for, as that of a literal does.
  package internal(set) var isWeak = false

  /// Makes an array over elements that are there already.
  ///
  /// - Precondition: every element that `layout` and `offset` reach lies in `storage`.
  package init(storage: ArrayStorage, layout: ArrayLayout, offset: Int = 0) {
    self.layout = layout
    self.storage = storage
    self.offset = offset
  }

  /// Makes an array of a layout of its own over elements that are there already.
  package init(
    storage: ArrayStorage, dtype: DType, shape: [Int], strides: [Int], offset: Int = 0
  ) {
    self.init(
      storage: storage, layout: ArrayLayout(dtype, shape: shape, strides: strides),
      offset: offset)
  }

  /// The type of the elements.
  public var dtype: DType { layout.dtype }

  /// The extent of each axis; empty for a single value.
  public internal(set) var shape: [Int] {
    get { layout.shape }
    set { layout = ArrayLayout(dtype, shape: newValue, strides: strides) }
  }

  /// How many elements apart neighbours on each axis are; 0 on broadcast axes, negative on reversed.
  public internal(set) var strides: [Int] {
    get { layout.strides }
    set { layout = ArrayLayout(dtype, shape: shape, strides: newValue) }
  }

  /// Makes an array that carries the reason why it could not be made.
  package init(poison: ArrayError, dtype: DType = .float64) {
    self.init(storage: ArrayStorage(poison: poison), dtype: dtype, shape: [0], strides: [1])
  }

  /// Makes an array in C order whose elements have any value.
  package init(
    uninitialized dtype: DType, shape: [Int], zeroed: Bool = false, for operation: String = "array"
  ) throws(ArrayError) {
    let byteCount = try Self.byteCount(dtype, shape, for: operation)
    let storage = try ArrayStorage.allocate(
      byteCount: byteCount, zeroed: zeroed, for: operation)
    self.init(
      storage: storage, dtype: dtype, shape: shape, strides: Shape.contiguousStrides(shape))
  }

  /// Why the array has no elements, if it could not be made.
  public var error: ArrayError? { storage.error }

  /// The number of axes.
  public var rank: Int { shape.count }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// Whether the elements lie in C order without gaps.
  public var isContiguous: Bool { Shape.isContiguous(shape, strides: strides) }

  /// The type as errors and graphs print it: `f64[3,4]`.
  package var typeText: String { dtype.typeText(shape) }

  /// Returns the array itself unless it is poisoned.
  @discardableResult
  package func checked() throws(ArrayError) -> NDArray {
    if let error = storage.error { throw error }
    return self
  }
}

extension NDArray {
  /// The bytes that elements of `dtype` in `shape` take, or the error that says there are too many.
  package static func byteCount(
    _ dtype: DType, _ shape: [Int], for operation: String
  ) throws(ArrayError) -> Int {
    try checkExtents(shape, for: operation)
    // A zero does not excuse the others: views of the array move along them.
    guard let count = Shape.count(shape.filter { $0 != 0 }) else {
      throw .tooManyElements(operation, shape)
    }
    let byteCount = UInt128(count) * UInt128(dtype.byteCount)
    guard let result = Int(exactly: byteCount) else {
      throw .cannotAllocate(operation, byteCount: byteCount)
    }
    return shape.contains(0) ? 0 : result
  }
}

extension NDArray {
  /// The most axes an array may have, as in NumPy.
  package static let maximumRank = 64

  /// Throws unless `shape` has at most `maximumRank` extents, none of them negative.
  package static func checkExtents(
    _ shape: [Int], for operation: String
  ) throws(ArrayError) {
    guard shape.count <= maximumRank else {
      throw .tooManyAxes(operation, rank: shape.count, limit: maximumRank)
    }
    if let axis = shape.firstIndex(where: { $0 < 0 }) {
      throw .negativeExtent(operation, shape, axis: axis)
    }
  }
}

// MARK: - Raw elements

extension NDArray {
  /// The first element in memory terms; all strides count from here.
  // Inlined, as it is on the path of every call, where passing the whole array costs two references.
  @inlinable
  package var start: UnsafeMutableRawPointer { storage.base + offset * layout.dtype.byteCount }

  /// Whether writing through `start` changes no other array; the array must be held by nobody else.
  package mutating func isUniquelyReferenced() -> Bool { isKnownUniquelyReferenced(&storage) }
}
