/// What is left of the running loop, in one word that a single compare-and-swap can change.
///
/// From the low end: the first free batch (12 bits), the end of the free ones (12), the seats still free
/// for workers (8) and the generation of the loop (32).
///
/// The leader takes batches from the front and workers take them from the back. So in each of a series
/// of loops over the same arrays, a core gets about the part that it had before, and finds it in its
/// caches.
struct LoopTicket: Equatable, Sendable {
  let word: UInt64

  /// The most batches that one loop is handed out in.
  static let maximumBatches = 4095
  /// The most workers that may join one loop.
  static let maximumSeats = 255

  init(word: UInt64) { self.word = word }

  /// The ticket of a loop whose first batch the leader has, who then need not claim it.
  init(generation: UInt32, seats: Int, batches: Int) {
    word = UInt64(generation) << 32 | UInt64(seats) << 24 | UInt64(batches) << 12 | 1
  }

  /// The batches that are free.
  private var first: Int { Int(word & 0xfff) }
  private var end: Int { Int(word >> 12 & 0xfff) }
  /// How many workers may still join.
  var seats: Int { Int(word >> 24 & 0xff) }
  /// Tells this loop from the ones before it.
  var generation: UInt32 { UInt32(truncatingIfNeeded: word >> 32) }

  /// Whether no batch is left.
  var isExhausted: Bool { first >= end }

  /// The batch that the leader's next claim gets, and the ticket after that.
  var claimedByLeader: (batch: Int, rest: LoopTicket) { (first, LoopTicket(word: word + 1)) }

  /// The batch that a worker's next claim gets, and the ticket after that; a worker that is new takes a
  /// seat as well.
  func claimedByWorker(takingSeat: Bool) -> (batch: Int, rest: LoopTicket) {
    (end - 1, LoopTicket(word: word - (1 << 12) - (takingSeat ? 1 << 24 : 0)))
  }
}
