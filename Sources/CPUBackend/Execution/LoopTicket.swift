/// What is left of the running loop, in one word that a single compare-and-swap can change.
///
/// From the low end: the next batch (12 bits), the number of batches (12), the seats still free for
/// workers (8) and the generation of the loop (32).
struct LoopTicket: Equatable, Sendable {
  let word: UInt64

  /// The most batches that one loop is handed out in.
  static let maximumBatches = 4095
  /// The most workers that may join one loop.
  static let maximumSeats = 255

  init(word: UInt64) { self.word = word }

  init(generation: UInt32, seats: Int, batches: Int) {
    word = UInt64(generation) << 32 | UInt64(seats) << 24 | UInt64(batches) << 12
  }

  /// The batch that the next claim gets.
  var next: Int { Int(word & 0xfff) }
  /// The number of batches, of which those from `next` on are free.
  var batches: Int { Int(word >> 12 & 0xfff) }
  /// How many workers may still join.
  var seats: Int { Int(word >> 24 & 0xff) }
  /// Tells this loop from the ones before it.
  var generation: UInt32 { UInt32(truncatingIfNeeded: word >> 32) }

  /// Whether no batch is left.
  var isExhausted: Bool { next >= batches }

  /// Returns the ticket after the next batch has been claimed, and a seat with it if `seated` is
  /// new.
  func claimed(takingSeat: Bool) -> LoopTicket {
    LoopTicket(word: word + 1 - (takingSeat ? 1 << 24 : 0))
  }
}
