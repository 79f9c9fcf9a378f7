import Glibc

/// The bytes behind one or more arrays, aligned to 64 bytes, freed with the last of them.
///
/// Arrays share storage and copy it before they write, unless they are its only owner
/// (`isKnownUniquelyReferenced`); so what more than one thread can see is never written.
package final class ArrayStorage: Sendable {
  /// The alignment of `base`: a cache line, and the widest vector register.
  package static let alignment = 64

  // SAFETY: the pointer never changes, and the bytes behind it are written only by a sole owner.
  /// The first byte.
  package nonisolated(unsafe) let base: UnsafeMutableRawPointer
  /// The bytes that may be used from `base` on.
  package let byteCount: Int
  /// Why there are no elements, in the storage of a poisoned array.
  package let error: ArrayError?

  private let origin: Origin

  /// Where the bytes came from, which is where they go back to.
  private enum Origin: Sendable {
    /// `malloc`; the block begins this many bytes before `base`.
    case heap(padding: Int)
    /// The pool of large blocks; `capacity` bytes.
    case pool(capacity: Int)
    /// A private mapping of a file that begins this many bytes before `base`.
    case file(padding: Int)
    /// No bytes at all.
    case nowhere
  }

  private init(_ base: UnsafeMutableRawPointer, _ byteCount: Int, _ origin: Origin) {
    self.base = base
    self.byteCount = byteCount
    self.origin = origin
    error = nil
  }

  /// Makes storage without elements that carries the reason.
  package init(poison: ArrayError) {
    base = Self.noBytes
    byteCount = 0
    origin = .nowhere
    error = poison
  }

  /// Takes over a private, writable mapping; `padding` bytes precede the first element.
  package init(mapping: UnsafeMutableRawPointer, padding: Int, byteCount: Int) {
    base = mapping + padding
    self.byteCount = byteCount
    origin = .file(padding: padding)
    error = nil
  }

  deinit {
    switch origin {
    case .heap(let padding): free(base - padding)
    case .pool(let capacity): LargeBlocks.giveBack(base, capacity: capacity)
    case .file(let padding): munmap(base - padding, byteCount + padding)
    case .nowhere: break
    }
  }

  /// A place to point to when there is nothing; nothing is read or written there.
  private static var noBytes: UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(bitPattern: alignment).unsafelyUnwrapped
  }
}

extension ArrayStorage {
  /// Returns storage for `byteCount` bytes of any value, or of zeros.
  ///
  /// - Throws: when the machine does not have the memory; `operation` begins the sentence.
  package static func allocate(
    byteCount: Int, zeroed: Bool = false, for operation: String = "array"
  ) throws(ArrayError) -> ArrayStorage {
    if byteCount >= LargeBlocks.threshold {
      guard let block = LargeBlocks.take(byteCount) else {
        throw .cannotAllocate(operation, byteCount: UInt128(byteCount))
      }
      if zeroed && !block.isZeroed { memset(block.base, 0, byteCount) }
      return ArrayStorage(block.base, byteCount, .pool(capacity: block.capacity))
    }
    guard byteCount > 0 else { return ArrayStorage(noBytes, 0, .nowhere) }
    // `malloc` and an offset: `aligned_alloc` takes twice as long, as it passes by glibc's
    // per-thread cache.
    guard let block = malloc(byteCount + alignment - 16) else {
      throw .cannotAllocate(operation, byteCount: UInt128(byteCount))
    }
    let padding = -Int(bitPattern: block) & (alignment - 1)
    if zeroed { memset(block + padding, 0, byteCount) }
    return ArrayStorage(block + padding, byteCount, .heap(padding: padding))
  }
}
