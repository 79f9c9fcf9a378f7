import Glibc

/// The bytes behind one or more arrays, aligned to 64 bytes, freed with the last of them.
///
/// Arrays share storage and copy it before they write, unless they are its only owner
/// (`isKnownUniquelyReferenced`); so what more than one thread can see is never written.
@usableFromInline
package final class ArrayStorage: Sendable {
  /// The alignment of `base`: a cache line, and the widest vector register.
  package static let alignment = 64

  // SAFETY: the pointer never changes, and the bytes behind it are written only by a sole owner.
  /// The first byte.
  @usableFromInline package nonisolated(unsafe) let base: UnsafeMutableRawPointer
  /// The bytes that may be used from `base` on.
  package let byteCount: Int
  /// Where the bytes came from, which is where they go back to.
  private let origin: Origin
  /// The bytes that `malloc` gave before `base`.
  private let padding: Int
  /// In a box of its own, as nearly no storage has one and every storage pays for its fields.
  private let poison: Poison?

  private enum Origin: Sendable {
    /// `malloc`.
    case heap
    /// The pool for blocks of this size.
    case pool
    /// A private mapping of a file.
    case file
    /// No bytes at all.
    case nowhere
  }

  private final class Poison: Sendable {
    let error: ArrayError

    init(_ error: ArrayError) { self.error = error }
  }

  private init(
    _ base: UnsafeMutableRawPointer, _ byteCount: Int, _ origin: Origin, padding: Int = 0,
    poison: Poison? = nil
  ) {
    self.base = base
    self.byteCount = byteCount
    self.origin = origin
    self.padding = padding
    self.poison = poison
  }

  deinit {
    switch origin {
    case .heap: free(base - padding)
    case .pool: BlockPool.forBlock(of: byteCount)?.giveBack(base, byteCount)
    case .file: munmap(base, byteCount)
    case .nowhere: break
    }
  }

  /// Why there are no elements, in the storage of a poisoned array.
  package var error: ArrayError? { poison?.error }

  /// A place to point to when there is nothing; nothing is read or written there.
  private static var noBytes: UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(bitPattern: alignment).unsafelyUnwrapped
  }
}

extension ArrayStorage {
  /// Makes storage without elements that carries the reason.
  package convenience init(poison: ArrayError) {
    self.init(Self.noBytes, 0, .nowhere, poison: Poison(poison))
  }

  /// Takes over a private, writable mapping of a file.
  convenience init(mapping: UnsafeMutableRawPointer, byteCount: Int) {
    self.init(mapping, byteCount, .file)
  }

  /// Returns storage for `byteCount` bytes of any value, or of zeros.
  ///
  /// - Throws: when the machine does not have the memory; `operation` begins the sentence.
  package static func allocate(
    byteCount: Int, zeroed: Bool = false, for operation: String = "array"
  ) throws(ArrayError) -> ArrayStorage {
    if let pool = BlockPool.forBlock(of: byteCount) {
      guard let block = pool.take(byteCount) else {
        throw .cannotAllocate(operation, byteCount: UInt128(byteCount))
      }
      if zeroed && !block.isZeroed { memset(block.base, 0, byteCount) }
      return ArrayStorage(block.base, byteCount, .pool)
    }
    guard byteCount > 0 else { return ArrayStorage(noBytes, 0, .nowhere) }
    // `malloc` and an offset: `aligned_alloc` takes twice as long, as it passes by glibc's
    // per-thread cache.
    guard let block = malloc(byteCount + alignment - 16) else {
      throw .cannotAllocate(operation, byteCount: UInt128(byteCount))
    }
    let padding = -Int(bitPattern: block) & (alignment - 1)
    if zeroed { memset(block + padding, 0, byteCount) }
    return ArrayStorage(block + padding, byteCount, .heap, padding: padding)
  }
}
