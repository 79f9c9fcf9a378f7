/// An array as the call of a function sees it, which somebody else keeps alive.
///
/// A reference that is counted costs 5 ns, and a call would count several for each array: as much as a
/// small kernel takes.
@usableFromInline
package struct BorrowedArray {
  /// The first element in memory terms.
  @usableFromInline package let start: UnsafeMutableRawPointer
  @usableFromInline let layout: Unmanaged<ArrayLayout>
  @usableFromInline let bytes: Unmanaged<ArrayStorage>
  /// The place in `storage`, in elements, of the element whose indices are all zero.
  @usableFromInline package let offset: Int
  /// Whether the call may overwrite the elements: whoever lends the array gives it away, and nobody else
  /// holds them.
  @usableFromInline let isGiven: Bool

  // SAFETY: `lending` alone makes these, and keeps the arrays for as long as they are used.
  @inlinable
  init(_ array: NDArray, isGiven: Bool = false) {
    start = array.start
    layout = .passUnretained(array.layout)
    bytes = .passUnretained(array.storage)
    offset = array.offset
    self.isGiven = isGiven
  }

  /// The bytes for a result of so many, if they are just that and the call may overwrite them.
  package func storage(forResultOf byteCount: Int) -> ArrayStorage? {
    guard isGiven, offset == 0 else { return nil }
    let storage = storage
    return storage.byteCount == byteCount ? storage : nil
  }

  /// The bytes, which may be shared from now on.
  package var storage: ArrayStorage { bytes.takeUnretainedValue() }

  /// Whether the array has this very layout, which some array with elements has. Then it has elements
  /// too: an array without them shares its layout with no other.
  @inlinable
  package func has(_ other: Unmanaged<ArrayLayout>) -> Bool {
    layout.toOpaque() == other.toOpaque()
  }

  /// Whether the array has elements and a layout like this one.
  package func hasContents(of other: Unmanaged<ArrayLayout>) -> Bool {
    layout.takeUnretainedValue().matches(other.takeUnretainedValue())
      && bytes.takeUnretainedValue().error == nil
  }
}

/// Arrays in the order of the inputs.
@usableFromInline
package typealias BorrowedArrays = UnsafeBufferPointer<BorrowedArray>

extension BorrowedArray {
  /// Calls `body` with one array.
  @inlinable
  package static func lending<Result>(
    _ a: NDArray, _ body: (BorrowedArrays) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(a) {
      try withUnsafeTemporaryAllocation(of: BorrowedArray.self, capacity: 1) { list in
        list.initializeElement(at: 0, to: BorrowedArray(a))
        return try body(BorrowedArrays(list))
      }
    }
  }

  /// Calls `body` with two arrays.
  @inlinable
  package static func lending<Result>(
    _ a: NDArray, _ b: NDArray, _ body: (BorrowedArrays) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(a) {
      try withExtendedLifetime(b) {
        try withUnsafeTemporaryAllocation(of: BorrowedArray.self, capacity: 2) { list in
          list.initializeElement(at: 0, to: BorrowedArray(a))
          list.initializeElement(at: 1, to: BorrowedArray(b))
          return try body(BorrowedArrays(list))
        }
      }
    }
  }

  /// Calls `body` with any number of arrays.
  @inlinable
  package static func lending<Result>(
    _ arrays: [NDArray], _ body: (BorrowedArrays) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(arrays) {
      try withUnsafeTemporaryAllocation(of: BorrowedArray.self, capacity: arrays.count) { list in
        for number in arrays.indices {
          list.initializeElement(at: number, to: BorrowedArray(arrays[number]))
        }
        return try body(BorrowedArrays(list))
      }
    }
  }

  /// Calls `body` with arrays of which it may overwrite those that nobody else holds.
  package static func giving<Result>(
    _ arrays: inout [NDArray], _ body: (BorrowedArrays) throws -> Result
  ) rethrows -> Result {
    defer { withExtendedLifetime(arrays) {} }
    return try withUnsafeTemporaryAllocation(of: BorrowedArray.self, capacity: arrays.count) {
      list in
      for number in arrays.indices {
        let isGiven = arrays[number].isUniquelyReferenced()
        list.initializeElement(
          at: number, to: BorrowedArray(arrays[number], isGiven: isGiven))
      }
      return try body(BorrowedArrays(list))
    }
  }
}
