import Arrays
import Synchronization

/// Blocks of memory for what a call needs until its end, kept from call to call.
final class WorkspacePool: Sendable {
  private let byteCount: Int
  private let free = Mutex<[ArrayStorage]>([])

  /// How many blocks are kept: as many calls run at once without allocating.
  private static let most = 8

  init(byteCount: Int) { self.byteCount = byteCount }

  func take() throws(ArrayError) -> ArrayStorage {
    if let block = free.withLock({ $0.popLast() }) { return block }
    return try ArrayStorage.allocate(byteCount: byteCount, zeroed: false, for: "workspace")
  }

  func giveBack(_ block: ArrayStorage) {
    free.withLock { if $0.count < Self.most { $0.append(block) } }
  }
}
