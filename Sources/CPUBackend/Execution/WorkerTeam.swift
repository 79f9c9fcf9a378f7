import CProcessor
import Dispatch
import Glibc
import Synchronization

/// The threads that help with loops: Dispatch work items that outlive a loop and spin for the next
/// one for a bounded time.
///
/// One loop runs at a time; its caller leads it. See Note: [Why the team has no data races].
final class WorkerTeam: @unchecked Sendable {
  // SAFETY: all state that threads share is atomic, except `loop` and `credit`, whose use the note
  // at the end of this file orders (`loop`, `credit` point to memory that lives as long as the
  // process).

  /// The team of this process.
  static let shared = WorkerTeam()

  private let ticket = Isolated(UInt64(0))
  /// Batches of the running loop that workers have finished.
  private let finished = Isolated(0)
  /// Whether some thread leads a loop.
  private let isLed = Isolated(false)
  /// Workers in `serve`, which see a new loop at once.
  private let awake = Isolated(0)
  /// Work items asked for that have not ended: the workers awake, and those Dispatch has yet to
  /// start.
  private let summoned = Isolated(0)
  /// Work items that are asked for, but that an arriving worker is to hand to Dispatch.
  private let recruits = Isolated(0)
  /// Ticks that a worker may spin after its last batch.
  private let allowance = Isolated(0)
  /// Nanoseconds of work after which the team is woken in advance, as bits of a Double.
  private let patience = Isolated(LoopCost.patience.bitPattern)

  private let loop: UnsafeMutablePointer<SharedLoop>
  private let credit: UnsafeMutablePointer<SpinCredit>
  private let cores: Int
  private let queue = DispatchQueue.global(qos: .userInteractive)

  /// How many workers run or spin at this moment.
  var workersAwake: Int { awake.value.load(ordering: .relaxed) }

  private init() {
    loop = .allocate(capacity: 1)
    loop.initialize(to: SharedLoop())
    credit = .allocate(capacity: 1)
    credit.initialize(to: SpinCredit())
    cores = ThreadBudget.availableCores
    _ = TickClock.ticksPerNanosecond
  }

  deinit {
    loop.deallocate()
    credit.deallocate()
  }

  /// Runs a loop of more than one chunk, here or together with the workers, whichever is faster.
  @inline(never)
  func run(
    _ range: ChunkedRange, threads: Int, nanoseconds estimate: Double,
    _ context: UnsafeRawPointer, _ body: LoopBody
  ) {
    let decision = LoopCost.decide(
      estimate: estimate, threads: threads, awake: awake.value.load(ordering: .relaxed),
      cores: cores, largestShare: range.largestShare)
    guard decision != .serial, isLed.value.exchange(true, ordering: .acquiring) == false else {
      // Another loop has the team: that of another thread, or the one whose body we are in.
      return range.run(chunks: 0..<range.chunks, context, body)
    }
    let helpers = min(threads, range.chunks, ThreadBudget.maximum) - 1
    let mayspin = threads <= cores
    let earned = credit.pointee.note(estimate)
    allowance.value.store(
      mayspin ? Int(min(earned, LoopCost.longestSpin) * TickClock.ticksPerNanosecond) : 0,
      ordering: .relaxed)
    if decision == .serialCounted {
      let patience = Double(bitPattern: self.patience.value.load(ordering: .relaxed))
      if mayspin, earned > patience { summon(helpers) }
      isLed.value.store(false, ordering: .releasing)
      return range.run(chunks: 0..<range.chunks, context, body)
    }
    let batches = LoopCost.batches(estimate: estimate, chunks: range.chunks, threads: helpers + 1)
    publish(
      SharedLoop(
        range: range, batches: batches, context: context, body: body,
        nanosecondsPerBatch: estimate / Double(batches)),
      seats: helpers)
    if decision == .shareAndWake { summon(helpers) }
    lead(batches: batches)
    isLed.value.store(false, ordering: .releasing)
  }
}

// MARK: - The leader

extension WorkerTeam {
  /// Lets the workers see the loop.
  private func publish(_ shared: SharedLoop, seats: Int) {
    loop.pointee = shared
    finished.value.store(0, ordering: .relaxed)
    let last = LoopTicket(word: ticket.value.load(ordering: .relaxed))
    let new = LoopTicket(
      generation: last.generation &+ 1, seats: min(seats, LoopTicket.maximumSeats),
      batches: shared.batches)
    ticket.value.store(new.word, ordering: .releasing)
  }

  /// Works on the loop until nothing is left, then waits for the batches that workers have claimed.
  private func lead(batches: Int) {
    var own = 0
    while let batch = claimAsLeader() {
      loop.pointee.run(batch: batch)
      own += 1
    }
    var pauses = 0
    while finished.value.load(ordering: .acquiring) < batches - own {
      processor_pause()
      pauses += 1
      if pauses > 500 { sched_yield() }
    }
  }

  private func claimAsLeader() -> Int? {
    var current = ticket.value.load(ordering: .relaxed)
    while true {
      let seen = LoopTicket(word: current)
      if seen.isExhausted { return nil }
      let (exchanged, original) = ticket.value.weakCompareExchange(
        expected: current, desired: seen.claimed(takingSeat: false).word,
        successOrdering: .relaxed, failureOrdering: .relaxed)
      if exchanged { return seen.next }
      current = original
    }
  }

  /// Asks Dispatch for as many workers as are missing from `helpers`. The first is handed over
  /// here, the others by the workers that arrive, two each: handing one over can take as long as
  /// waking a core.
  private func summon(_ helpers: Int) {
    let missing = helpers - summoned.value.load(ordering: .relaxed)
    guard missing > 0 else { return }
    summoned.value.wrappingAdd(missing, ordering: .relaxed)
    recruits.value.wrappingAdd(missing - 1, ordering: .relaxed)
    dispatchWorker()
  }

  private func dispatchWorker() {
    queue.async { WorkerTeam.shared.serve() }
  }
}

// MARK: - The workers

extension WorkerTeam {
  /// What a worker does from the time Dispatch starts it: takes batches, and spins between loops
  /// until its allowance is spent.
  private func serve() {
    awake.value.wrappingAdd(1, ordering: .relaxed)
    handOverRecruits()
    var generation: UInt32?
    var helped = 0.0
    repeat {
      while let batch = claim(&generation) {
        loop.pointee.run(batch: batch)
        helped += loop.pointee.nanosecondsPerBatch
        finished.value.wrappingAdd(1, ordering: .releasing)
      }
    } while spin(generation)
    awake.value.wrappingSubtract(1, ordering: .relaxed)
    summoned.value.wrappingSubtract(1, ordering: .relaxed)
    learn(from: helped)
  }

  /// Claims a batch, with a seat when the loop is not the one `generation` tells of.
  private func claim(_ generation: inout UInt32?) -> Int? {
    var current = ticket.value.load(ordering: .relaxed)
    while true {
      let seen = LoopTicket(word: current)
      let isNew = seen.generation != generation
      if seen.isExhausted || isNew && seen.seats == 0 { return nil }
      let (exchanged, original) = ticket.value.weakCompareExchange(
        expected: current, desired: seen.claimed(takingSeat: isNew).word,
        successOrdering: .acquiring, failureOrdering: .relaxed)
      if exchanged {
        generation = seen.generation
        return seen.next
      }
      current = original
    }
  }

  /// Waits for a loop to join, and returns false when the allowance is spent before there is one.
  private func spin(_ generation: UInt32?) -> Bool {
    let limit = allowance.value.load(ordering: .relaxed)
    let start = TickClock.now()
    // The count bounds the wait where the counter jumps backwards.
    for _ in 0..<20_000 {
      let seen = LoopTicket(word: ticket.value.load(ordering: .relaxed))
      if !seen.isExhausted && (seen.generation == generation || seen.seats > 0) { return true }
      if TickClock.now() &- start >= UInt64(limit) { return false }
      processor_pause()
    }
    return false
  }

  /// Hands up to two workers on to Dispatch, or calls all of them off when the loop is over.
  private func handOverRecruits() {
    if LoopTicket(word: ticket.value.load(ordering: .relaxed)).isExhausted {
      let calledOff = recruits.value.exchange(0, ordering: .relaxed)
      summoned.value.wrappingSubtract(calledOff, ordering: .relaxed)
      return
    }
    for _ in 0..<2 where takeRecruit() { dispatchWorker() }
  }

  private func takeRecruit() -> Bool {
    var current = recruits.value.load(ordering: .relaxed)
    while current > 0 {
      let (exchanged, original) = recruits.value.weakCompareExchange(
        expected: current, desired: current - 1, ordering: .relaxed)
      if exchanged { return true }
      current = original
    }
    return false
  }

  /// Puts the next waking in advance off when this one has cost more than it brought.
  private func learn(from helped: Double) {
    let current = Double(bitPattern: patience.value.load(ordering: .relaxed))
    let next =
      helped > LoopCost.wake ? LoopCost.patience : min(2 * current, LoopCost.longestPatience)
    patience.value.store(next.bitPattern, ordering: .relaxed)
  }
}

/// A loop as the workers see it.
struct SharedLoop {
  var range = ChunkedRange(count: 0, grain: 1)
  var batches = 1
  var context = UnsafeRawPointer(bitPattern: 1)
  var body: LoopBody = { _, _, _, _ in }
  var nanosecondsPerBatch = 0.0

  /// Runs one batch: a contiguous part of the chunks, as equal as they go.
  func run(batch: Int) {
    guard let context else { return }
    range.run(chunks: chunks(ofBatch: batch), context, body)
  }

  /// Returns the chunks of one batch.
  func chunks(ofBatch batch: Int) -> Range<Int> {
    batchStart(batch)..<batchStart(batch + 1)
  }

  private func batchStart(_ batch: Int) -> Int {
    let (quotient, remainder) = range.chunks.quotientAndRemainder(dividingBy: batches)
    return batch * quotient + min(batch, remainder)
  }
}

/// How long workers may spin: not longer than the work that came before, whose account this is.
struct SpinCredit {
  private var nanoseconds = 0.0
  private var busyUntil: UInt64 = 0

  /// Counts a loop of `estimate` nanoseconds that starts now, and returns what has been earned
  /// since loops began to come in quick succession.
  mutating func note(_ estimate: Double) -> Double {
    let now = TickClock.now()
    let rate = TickClock.ticksPerNanosecond
    let gap = now > busyUntil ? Double(now - busyUntil) / rate : 0
    // Two threads have worked for each nanosecond between, so that half of the gap is spent.
    nanoseconds = gap > LoopCost.longestSpin ? 0 : max(0, nanoseconds - gap / 2)
    nanoseconds += estimate
    busyUntil = now &+ UInt64(min(estimate, 1e12) * rate)
    return nanoseconds
  }
}

/// An atomic value that shares its cache lines, prefetched in pairs, with nothing else.
struct Isolated<Value: AtomicRepresentable>: ~Copyable {
  private let before: InlineArray<16, UInt64> = .init(repeating: 0)
  let value: Atomic<Value>
  private let after: InlineArray<15, UInt64> = .init(repeating: 0)

  init(_ value: Value) { self.value = Atomic(value) }
}

// Note: [Why the team has no data races]
//
// `credit` is used only by the thread that has set `isLed`; setting it acquires what clearing it
// has released. `loop` is written only by that thread, and read by it and by the workers.
//
// A worker reads `loop` only while it holds a batch, between its claim and its addition to
// `finished`:
//
// - The claim is a compare-and-swap of `ticket` that acquires. The value it replaces was stored by
//   the leader's `publish`, or comes from a chain of claims that began with that store, so the
//   worker sees all that the leader wrote before: `loop` and what the caller prepared for the body.
// - The leader writes `loop` again only in a later `publish`, thus after `lead` has returned, which
//   it does when every batch that it has not run itself has been added to `finished`. That addition
//   releases and the leader's load acquires (additions of other workers continue the release
//   sequence), so the worker's reads, and what the body wrote, come before. A next leader is
//   ordered by `isLed`.
//
// A worker that is late cannot take a batch of a loop that is over: the ticket of that loop ends
// exhausted, and a swap succeeds only when the word has not changed since it was read. Should the
// generation have come round in between, the word stands for a batch that is free now, and the
// claim is good: `loop` is read after it. The generation serves only to count the seats.
//
// All other words are hints. Reading an old one makes a loop run with fewer workers or makes a
// worker spin for a wrong time, bounded in any case; no loop waits for a worker that has not
// claimed.
