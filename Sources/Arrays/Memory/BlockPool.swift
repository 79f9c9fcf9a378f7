import Synchronization

/// Memory that arrays have given back, kept for the next array instead of going back to the system.
///
/// A fresh page costs more than the work done on it: on two Zen 5 cores the first touch of 64 MiB
/// takes 21 ms with 4 KiB pages and 2.6 ms with huge pages, against 1.6 ms to read it again. Four
/// arrays of 100 KB from `malloc`, which hands the free end of its heap back, take 330 µs to make and
/// fill, where filling alone takes 1 µs. Blocks are reused newest first, while they may still be in a
/// cache.
package final class BlockPool: Sendable {
  /// For blocks from 2 MiB on: at most 1 GiB, or an eighth of the memory.
  package static let large = BlockPool(.mapping, limit: min(1 << 30, MemoryLimit.byteCount / 8))
  /// For smaller blocks, down to 32 KiB: at most 64 MiB.
  package static let medium = BlockPool(.heap, limit: 1 << 26)

  /// What gives memory back before an array is refused.
  private static let reliefs = Mutex<[@Sendable () -> Void]>([])

  private let source: BlockSource
  private let limit: Int
  private let state = Mutex(State())

  /// Makes a pool that keeps `limit` bytes at most.
  package init(_ source: BlockSource, limit: Int) {
    self.source = source
    self.limit = limit
  }

  /// Returns the pool for blocks of `byteCount` bytes; `nil` for small ones, which have none.
  static func forBlock(of byteCount: Int) -> BlockPool? {
    switch BlockSource.forBlock(of: byteCount) {
    case .mapping: .large
    case .heap: .medium
    case nil: nil
    }
  }

  /// Returns a block of at least `byteCount` bytes, and whether they are known to be zeros; `nil` if
  /// the machine does not have them.
  package func take(_ byteCount: Int) -> (base: UnsafeMutableRawPointer, isZeroed: Bool)? {
    // Also because the capacity of more might not be a number.
    guard byteCount <= MemoryLimit.byteCount else { return nil }
    let capacity = source.capacity(for: byteCount)
    if let block = state.withLock({ $0.take(capacity) }) { return (block.base, false) }
    if let base = make(capacity) { return (base, source == .mapping) }
    // What the pool keeps may be what is missing, or what others keep.
    drain()
    if let base = make(capacity) { return (base, source == .mapping) }
    for relieve in Self.reliefs.withLock({ $0 }) { relieve() }
    for pool in [self, .large, .medium] { pool.drain() }
    return make(capacity).map { ($0, source == .mapping) }
  }

  /// Has `relieve` called, on any thread, before an array is refused for want of memory.
  package static func beforeRefusal(_ relieve: @escaping @Sendable () -> Void) {
    reliefs.withLock { $0.append(relieve) }
  }

  private func make(_ capacity: Int) -> UnsafeMutableRawPointer? {
    guard state.withLock({ $0.reserve(capacity) }) else { return nil }
    if let base = source.make(capacity) { return base }
    state.withLock { $0.release(capacity) }
    return nil
  }

  /// Keeps a block that `take(byteCount)` gave, at the cost of the oldest ones once there are too many.
  package func giveBack(_ base: UnsafeMutableRawPointer, _ byteCount: Int) {
    let block = Block(base: base, capacity: source.capacity(for: byteCount))
    for block in state.withLock({ $0.giveBack(block, limit) }) {
      source.free(block.base, block.capacity)
    }
  }

  /// Gives every block that is not in use back to the system.
  package func drain() {
    for block in state.withLock({ $0.removeOldest(downTo: 0) }) {
      source.free(block.base, block.capacity)
    }
  }

  /// The bytes that wait for reuse.
  package var freeByteCount: Int { state.withLock { $0.free } }
}

extension BlockPool {
  /// A block that nobody uses.
  private struct Block: @unchecked Sendable {
    // SAFETY: whoever holds the block is its only owner.
    let base: UnsafeMutableRawPointer
    let capacity: Int
  }

  /// The blocks that wait for reuse, oldest first, and how much memory there is in all.
  private struct State {
    private var blocks: [Block] = []
    private(set) var free = 0
    private var all = 0

    mutating func take(_ capacity: Int) -> Block? {
      for index in stride(from: blocks.count - 1, through: 0, by: -1)
      where blocks[index].capacity == capacity {
        free -= capacity
        return blocks.remove(at: index)
      }
      return nil
    }

    /// Counts a new block in, unless all together would then be more than the machine has.
    mutating func reserve(_ capacity: Int) -> Bool {
      guard capacity <= MemoryLimit.byteCount - all else { return false }
      all += capacity
      return true
    }

    mutating func release(_ capacity: Int) { all -= capacity }

    /// Returns the blocks there is no room for.
    mutating func giveBack(_ block: Block, _ limit: Int) -> [Block] {
      if block.capacity > limit {
        all -= block.capacity
        return [block]
      }
      blocks.append(block)
      free += block.capacity
      return free <= limit ? [] : removeOldest(downTo: limit)
    }

    mutating func removeOldest(downTo limit: Int) -> [Block] {
      var removed: [Block] = []
      while free > limit, let oldest = blocks.first {
        blocks.removeFirst()
        free -= oldest.capacity
        all -= oldest.capacity
        removed.append(oldest)
      }
      return removed
    }
  }
}
