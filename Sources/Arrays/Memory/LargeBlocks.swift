import Glibc
import Synchronization

/// Memory for large arrays, kept for the next array instead of going back to the system.
///
/// A fresh page costs more than the work done on it: the first touch of 64 MiB takes 21 ms with
/// 4 KiB pages and 2.6 ms with huge pages, against 1.6 ms to read it again (two Zen 5 cores). Blocks
/// are therefore multiples of a huge page, ask for huge pages, and are reused newest first, while
/// they may still be in a cache.
package enum LargeBlocks {
  /// Smaller blocks are `malloc`'s business.
  package static let threshold = 1 << 20

  /// One block; `isZeroed` when it has come straight from the system.
  package struct Block {
    package let base: UnsafeMutableRawPointer
    package let isZeroed: Bool
  }

  /// Returns a block of at least `byteCount` bytes, or `nil` if the machine does not have them.
  package static func take(_ byteCount: Int) -> Block? {
    guard byteCount <= MemoryLimit.byteCount else { return nil }
    let capacity = capacity(for: byteCount)
    if let base = pool.withLock({ $0.take(capacity) }) {
      return Block(base: base, isZeroed: false)
    }
    guard pool.withLock({ $0.reserve(capacity) }) else { return nil }
    guard let base = map(capacity) else {
      pool.withLock { $0.release(capacity) }
      return nil
    }
    return Block(base: base, isZeroed: true)
  }

  /// Keeps a block that `take(byteCount)` gave for later, at the cost of the oldest ones once the
  /// pool is full.
  package static func giveBack(_ base: UnsafeMutableRawPointer, byteCount: Int) {
    let capacity = capacity(for: byteCount)
    // SAFETY: the pool becomes the block's only owner.
    nonisolated(unsafe) let base = base
    for block in pool.withLock({ $0.giveBack(Pool.Block(base: base, capacity: capacity)) }) {
      munmap(block.base, block.capacity)
    }
  }

  /// Gives every block that is not in use back to the system.
  package static func drain() {
    for block in pool.withLock({ $0.drain() }) { munmap(block.base, block.capacity) }
  }

  /// The bytes that wait for reuse.
  package static var pooledByteCount: Int { pool.withLock { $0.pooled } }

  private static let hugePage = 1 << 21
  private static let pool = Mutex(Pool())

  /// Rounds up to a multiple of a huge page with three significant bits, so that blocks of nearly one
  /// size can stand in for each other; at most a quarter more than asked for.
  private static func capacity(for byteCount: Int) -> Int {
    let topBit = Int.bitWidth - 1 - byteCount.leadingZeroBitCount
    let unit = max(hugePage, 1 << (topBit - 2))
    return (byteCount + unit - 1) / unit * unit
  }

  /// Maps `capacity` bytes that begin at a huge page's boundary.
  private static func map(_ capacity: Int) -> UnsafeMutableRawPointer? {
    let length = capacity + hugePage
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let start = mmap(nil, length, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED
    else { return nil }
    let skipped = -Int(bitPattern: start) & (hugePage - 1)
    if skipped > 0 { munmap(start, skipped) }
    if hugePage > skipped { munmap(start + skipped + capacity, hugePage - skipped) }
    madvise(start + skipped, capacity, MADV_HUGEPAGE)
    return start + skipped
  }
}

/// The blocks that wait for reuse, oldest first, and the sum of those that do not.
private struct Pool {
  /// A block nobody uses.
  struct Block: @unchecked Sendable {
    // SAFETY: whoever holds the block is its only owner.
    let base: UnsafeMutableRawPointer
    let capacity: Int
  }

  private var blocks: [Block] = []
  private(set) var pooled = 0
  private var mapped = 0

  private let limit = min(1 << 30, MemoryLimit.byteCount / 8)

  mutating func take(_ capacity: Int) -> UnsafeMutableRawPointer? {
    guard let index = blocks.lastIndex(where: { $0.capacity == capacity }) else { return nil }
    pooled -= capacity
    return blocks.remove(at: index).base
  }

  /// Counts a new mapping in, unless all that is mapped would be more than the machine has.
  mutating func reserve(_ capacity: Int) -> Bool {
    guard capacity <= MemoryLimit.byteCount - (mapped - pooled) else { return false }
    mapped += capacity
    return true
  }

  mutating func release(_ capacity: Int) { mapped -= capacity }

  /// Returns the blocks there is no room for.
  mutating func giveBack(_ block: Block) -> [Block] {
    guard block.capacity <= limit else {
      mapped -= block.capacity
      return [block]
    }
    blocks.append(block)
    pooled += block.capacity
    var excess: [Block] = []
    while pooled > limit { excess.append(removeOldest()) }
    return excess
  }

  mutating func drain() -> [Block] {
    var all: [Block] = []
    while !blocks.isEmpty { all.append(removeOldest()) }
    return all
  }

  private mutating func removeOldest() -> Block {
    let oldest = blocks.removeFirst()
    pooled -= oldest.capacity
    mapped -= oldest.capacity
    return oldest
  }
}
