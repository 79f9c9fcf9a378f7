import Arrays
import Synchronization

/// Blocks of memory for what calls of one plan need until their end, kept from call to call.
final class WorkspacePool: Sendable {
  private let byteCount: Int
  private let idle: IdleWorkspaces
  private let free = Mutex<[ArrayStorage]>([])

  /// How many blocks are kept: as many calls run at once without allocating.
  private static let most = 8

  init(byteCount: Int, keptIn idle: IdleWorkspaces = .shared) {
    (self.byteCount, self.idle) = (byteCount, idle)
  }

  deinit { if isLarge { idle.forget(ObjectIdentifier(self)) } }

  /// Whether the blocks are so large that all plans together keep only so many.
  private var isLarge: Bool { byteCount >= IdleWorkspaces.leastByteCount }

  func take() throws(ArrayError) -> ArrayStorage {
    let kept =
      isLarge ? idle.take(ObjectIdentifier(self)) : free.withLock { $0.popLast() }
    if let kept { return kept }
    return try ArrayStorage.allocate(byteCount: byteCount, zeroed: false, for: "workspace")
  }

  func giveBack(_ block: ArrayStorage) {
    if isLarge { return idle.giveBack(block, of: ObjectIdentifier(self)) }
    free.withLock { if $0.count < Self.most { $0.append(block) } }
  }
}

/// The large blocks that no call uses, of all plans: a function has a plan for each combination of sizes that
/// it is called with, and most are not called again.
final class IdleWorkspaces: Sendable {
  /// Those of this process, up to an eighth of the memory. All go before an array is refused.
  static let shared: IdleWorkspaces = {
    let shared = IdleWorkspaces(limit: MemoryLimit.byteCount / 8)
    BlockPool.beforeRefusal { shared.removeAll() }
    return shared
  }()

  /// The bytes from which on a block counts as large.
  static let leastByteCount = 1 << 20

  private typealias Entry = (owner: ObjectIdentifier, block: ArrayStorage)

  /// How many bytes are kept. The block that was used last is kept even if it is larger.
  private let limit: Int
  /// The longest idle first.
  private let entries = Mutex<[Entry]>([])

  init(limit: Int) { self.limit = limit }

  /// Returns a block that the owner gave back, the last one.
  func take(_ owner: ObjectIdentifier) -> ArrayStorage? {
    entries.withLock { entries in
      entries.lastIndex { $0.owner == owner }.map { entries.remove(at: $0).block }
    }
  }

  /// Keeps a block for its owner, at the cost of those that have been idle for longest.
  func giveBack(_ block: ArrayStorage, of owner: ObjectIdentifier) {
    remove { entries in
      entries.append((owner, block))
      var byteCount = entries.reduce(0) { $0 + $1.block.byteCount }
      let excess = entries.dropLast().prefix { entry in
        defer { byteCount -= entry.block.byteCount }
        return byteCount > limit
      }
      defer { entries.removeFirst(excess.count) }
      return excess.map(\.block)
    }
  }

  /// Lets go of an owner's blocks.
  func forget(_ owner: ObjectIdentifier) {
    remove { entries in
      defer { entries.removeAll { $0.owner == owner } }
      return entries.filter { $0.owner == owner }.map(\.block)
    }
  }

  func removeAll() {
    remove { entries in
      defer { entries.removeAll() }
      return entries.map(\.block)
    }
  }

  /// The bytes that wait for calls.
  var byteCount: Int { entries.withLock { $0.reduce(0) { $0 + $1.block.byteCount } } }

  /// Removes what `body` returns, and frees it when the lock is open again.
  private func remove(_ body: (inout [Entry]) -> [ArrayStorage]) {
    let removed = entries.withLock { body(&$0) }
    _ = consume removed
  }
}
