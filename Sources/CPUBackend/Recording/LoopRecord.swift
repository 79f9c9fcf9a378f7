import CProcessor

/// Where the threads that share the loops of a step note how long they work.
///
/// There is one for each call that is recorded. The thread that makes the call finds it by itself, as
/// products of matrices start their loops far below; workers find it in the loop.
struct LoopRecord {
  /// What each thread did: the caller's comes first, workers have those of their seats.
  let lanes: UnsafeMutableBufferPointer<LaneRecord>

  init(threads: Int) {
    lanes = .allocate(capacity: max(threads, 1))
    lanes.initialize(repeating: LaneRecord())
  }

  /// Gives the memory back.
  func deallocate() { lanes.deallocate() }

  /// The lane of a seat, if there is one: only when the count of loops has gone all around could a
  /// worker have a seat from another loop.
  func lane(_ seat: Int) -> UnsafeMutablePointer<LaneRecord>? {
    seat < lanes.count ? lanes.baseAddress.map { $0 + seat } : nil
  }

  /// The record of this thread, if it makes a call that is recorded.
  static var current: UnsafePointer<LoopRecord>? {
    processor_loop_record().map { UnsafePointer($0.assumingMemoryBound(to: LoopRecord.self)) }
  }

  /// Calls `body`, all of whose loops note what threads do in `record`.
  static func recording<Result>(
    _ record: UnsafePointer<LoopRecord>, _ body: () throws -> Result
  ) rethrows -> Result {
    let outer = processor_loop_record()
    processor_set_loop_record(UnsafeMutableRawPointer(mutating: record))
    defer { processor_set_loop_record(outer) }
    return try body()
  }
}

/// What one thread did of the loops of a step.
struct LaneRecord {
  /// The thread, by its number in the C library.
  var thread: UInt = 0
  /// When it began and ended, and what it worked between, in ticks.
  var start: UInt64 = 0, end: UInt64 = 0, busy: UInt64 = 0
  /// So that no two threads write to one line of the caches.
  private let rest: InlineArray<4, UInt64> = .init(repeating: 0)

  /// The thread that asks.
  static var currentThread: UInt { UInt(processor_thread()) }

  /// Notes work that began at `start` and ends now; returns the time.
  mutating func note(from start: UInt64) -> UInt64 {
    let now = TickClock.now()
    if busy == 0 {
      thread = Self.currentThread
      self.start = start
    }
    end = now
    busy &+= TickClock.ticks(from: start, to: now)
    return now
  }
}
