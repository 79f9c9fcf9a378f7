import CProcessor
import Dispatch
import Glibc
import Synchronization

/// The threads that help with loops: Dispatch work items that outlive a loop and spin for the next
/// one for a bounded time.
///
/// One loop runs at a time; its caller leads it. See Note: [Why the team has no data races].
final class WorkerTeam: @unchecked Sendable {
  // SAFETY: all state that threads share is atomic, except `loop`, `echo` and `account`, whose use the note
  // at the end of this file orders. All pointers are to memory that lives as long as the process.

  /// The team of this process.
  static let shared = WorkerTeam()

  private let tally: UnsafeMutablePointer<LoopTally> = isolated(LoopTally())
  /// Workers in `serve`, which see a new loop at once.
  private let awake = Isolated(0)
  /// Work items asked for that have not ended: the workers awake, and those Dispatch has yet to
  /// start.
  private let summoned = Isolated(0)
  /// Work items that are asked for, but that an arriving worker is to hand to Dispatch.
  private let recruits = Isolated(0)
  /// Nanoseconds of work that workers have done who have left since there last was none.
  private let helped = Isolated(0)

  /// Nanoseconds of work after which the team is woken in advance, as bits of a Double.
  private let patience = Isolated(LoopCost.patience.bitPattern)
  /// Ticks that a worker may spin after its last batch. Workers look at it after each loop, so it lies
  /// apart from what leaders change at each.
  private let allowance = Isolated(0)

  /// Nanoseconds to hand a loop over, as bits of a Double.
  private let handOver = Isolated(LoopCost.standard.handOver.bitPattern)

  /// What a worker writes to when the hand-over is measured.
  private let echo: UnsafeMutablePointer<Int> = isolated(0)

  private let loop: UnsafeMutablePointer<SharedLoop> = isolated(SharedLoop(), room: contextRoom)
  private let leader: UnsafeMutablePointer<LeaderState> = isolated(
    LeaderState(), room: MemoryLayout<LeaderAccount>.stride)
  /// Stands behind `leader`, on the same cache lines, but is no part of it, whose atomics other threads read.
  private let account: UnsafeMutablePointer<LeaderAccount>
  /// The bytes of a context that fit behind `loop`: those of most kernels.
  private static let contextRoom = 256
  private let cores: Int
  private let queue = DispatchQueue.global(qos: .userInteractive)

  /// How many workers run or spin at this moment.
  var workersAwake: Int { awake.value.load(ordering: .relaxed) }

  /// How many loops workers were offered, in 32 bits.
  var loopsShared: UInt32 {
    LoopTicket(word: tally.pointee.ticket.load(ordering: .relaxed)).generation
  }

  /// How many batches of the last such loop they have run.
  var batchesOfWorkers: Int { leader.pointee.batchesOfWorkers.load(ordering: .relaxed) }

  /// What loops are taken to cost: what was measured, or what was set later.
  var cost: LoopCost {
    get { LoopCost(handOver: Double(bitPattern: handOver.value.load(ordering: .relaxed))) }
    set { handOver.value.store(newValue.handOver.bitPattern, ordering: .relaxed) }
  }

  private var patienceNow: Double {
    Double(bitPattern: patience.value.load(ordering: .relaxed))
  }

  private init() {
    account = UnsafeMutableRawPointer(leader + 1).bindMemory(to: LeaderAccount.self, capacity: 1)
    account.initialize(to: LeaderAccount())
    cores = ThreadBudget.availableCores
    _ = TickClock.ticksPerNanosecond
  }

  /// Runs a loop of more than one chunk, here or together with the workers, whichever is faster.
  @inline(never)
  func run(
    _ range: ChunkedRange, threads: Int, nanoseconds estimate: Double,
    _ context: LoopContext, _ body: LoopBody
  ) {
    let cost = cost
    if cost.isShort(estimate, threads: threads) {
      return range.run(chunks: 0..<range.chunks, context.start, body)
    }
    let threads = cost.mostThreads(estimate: estimate, atMost: threads)
    let decision = cost.decide(
      estimate: estimate, threads: threads, awake: awake.value.load(ordering: .relaxed),
      cores: cores
    ) { range.largestShare(threads: $0) }
    // When another loop has the team, that of another thread or the one whose body we are in, this
    // one runs here.
    if decision != .serial, !leader.pointee.isActive.exchange(true, ordering: .acquiring) {
      let helpers = min(threads, range.chunks, ThreadBudget.maximum) - 1
      let earned = account.pointee.credit.note(estimate)
      let isInTime = earned > patienceNow && helpers < cores
      if decision != .serialCounted {
        let wakes = decision == .shareAndWake || decision == .shareCounted && isInTime
        share(range, helpers, earned, estimate, cost, wake: wakes, context, body)
        leader.pointee.isActive.store(false, ordering: .releasing)
        return
      }
      if isInTime {
        setAllowance(earned, helpers)
        summon(helpers)
      }
      leader.pointee.isActive.store(false, ordering: .releasing)
    }
    range.run(chunks: 0..<range.chunks, context.start, body)
  }
}

/// Waits for another thread; one that may need this core gets it after some microseconds.
@inline(__always)
func waitUntil(_ holds: () -> Bool) {
  var pauses = 0
  while !holds() {
    processor_pause()
    pauses += 1
    if pauses > 500 { sched_yield() }
  }
}

// MARK: - The leader

extension WorkerTeam {
  private func share(
    _ range: ChunkedRange, _ helpers: Int, _ earned: Double, _ estimate: Double, _ cost: LoopCost,
    wake: Bool, _ context: LoopContext, _ body: LoopBody
  ) {
    setAllowance(earned, helpers)
    if helpers < cores { measureHandOver() }
    let batches = cost.batches(
      estimate: estimate, chunks: range.chunks, threads: helpers + 1,
      joining: range.joining)
    let own = SharedLoop(
      range: range, batches: batches,
      headStart: cost.headStart(
        estimate: estimate, chunks: range.chunks, batches: batches, threads: helpers + 1),
      context: context.start, body: body,
      nanosecondsPerBatch: estimate / Double(batches), record: LoopRecord.current)
    show(own, context.byteCount)
    publish(batches: batches, seats: helpers)
    if wake { summon(helpers) }
    lead(own)
    account.pointee.credit.close(after: estimate)
  }

  /// Tells the workers how long they may spin: some looks only where there are more of them than cores.
  private func setAllowance(_ earned: Double, _ helpers: Int) {
    let nanoseconds = helpers < cores ? min(earned, LoopCost.longestSpin) : 0
    let ticks = Int(nanoseconds * TickClock.ticksPerNanosecond)
    // In a steady stream of loops this stays the same, and the line with the workers.
    if allowance.value.load(ordering: .relaxed) != ticks {
      allowance.value.store(ticks, ordering: .relaxed)
    }
  }

  /// Writes down for the workers what the loop is, with a copy of its context if there is room for it: then
  /// all comes to them at once, and they need not fetch from the leader's stack, line after line, what it
  /// is about to write to again.
  private func show(_ own: SharedLoop, _ contextByteCount: Int) {
    loop.pointee = own
    guard let context = own.context, 1...Self.contextRoom ~= contextByteCount else { return }
    let copy = UnsafeMutableRawPointer(loop + 1)
    copy.copyMemory(from: context, byteCount: contextByteCount)
    loop.pointee.context = UnsafeRawPointer(copy)
  }

  /// Lets the workers see the loop, whose first batch the leader has.
  private func publish(batches: Int, seats: Int) {
    let last = LoopTicket(word: tally.pointee.ticket.load(ordering: .relaxed))
    let new = LoopTicket(
      generation: last.generation &+ 1, seats: min(seats, LoopTicket.maximumSeats),
      batches: batches)
    tally.pointee.ticket.store(new.word, ordering: .releasing)
  }

  /// Works on the loop until nothing is left, then waits for the batches that workers have claimed.
  private func lead(_ own: SharedLoop) {
    let start = own.record == nil ? 0 : TickClock.now()
    var led = 0
    var next: Int? = 0
    while let batch = next {
      own.run(batch: batch)
      led += 1
      next = claimAsLeader()
    }
    if let record = own.record { _ = record.pointee.lane(0)?.pointee.note(from: start) }
    waitFor(own.batches - led)
  }

  /// Waits for so many batches that workers have claimed.
  private func waitFor(_ batches: Int) {
    leader.pointee.batchesOfWorkers.store(batches, ordering: .relaxed)
    account.pointee.expected &+= batches
    let expected = account.pointee.expected
    waitUntil { tally.pointee.finished.load(ordering: .acquiring) == expected }
  }

  /// Measures what a hand-over takes: the middle of some loops in which a worker that is awake does nothing
  /// but leave a word for the leader. Where none comes, a later loop tries it again, a few times. Not for loops
  /// with more threads than cores, one of which may be away.
  private func measureHandOver() {
    guard account.pointee.measuringsLeft > 0, awake.value.load(ordering: .relaxed) > 0 else {
      return
    }
    account.pointee.measuringsLeft -= 1
    var ticks = InlineArray<9, UInt64>(repeating: 0)
    for round in ticks.indices {
      let start = TickClock.now()
      echo.pointee = 0
      show(
        SharedLoop(
          range: ChunkedRange(count: 2, grain: 1), batches: 2, context: UnsafeRawPointer(echo),
          body: { echo, _, _, chunk in
            UnsafeMutableRawPointer(mutating: echo).storeBytes(of: chunk, as: Int.self)
          }), 0)
      publish(batches: 2, seats: 1)
      guard isLastBatchTaken() else { return }
      waitFor(1)
      // Looked at within the time, as what a loop writes is.
      precondition(echo.pointee == 1, "run: a worker's batch left nothing")
      ticks[round] = TickClock.ticks(from: start, to: TickClock.now())
      // Sorted on the way: a call that has a worker for the first time allocates nothing for it.
      for place in (0..<round).reversed() where ticks[place + 1] < ticks[place] {
        ticks.swapAt(place, place + 1)
      }
    }
    account.pointee.measuringsLeft = 0
    let nanoseconds = Double(ticks[ticks.count / 2]) / TickClock.ticksPerNanosecond
    cost = LoopCost(handOver: nanoseconds * LoopCost.handOverPerEcho)
  }

  /// Waits until a worker has taken the batch that the leader has not; takes it back after some
  /// microseconds.
  private func isLastBatchTaken() -> Bool {
    for _ in 0..<200 {
      if LoopTicket(word: tally.pointee.ticket.load(ordering: .relaxed)).isExhausted { return true }
      processor_pause()
    }
    return claimAsLeader() == nil
  }

  private func claimAsLeader() -> Int? {
    var current = tally.pointee.ticket.load(ordering: .relaxed)
    while true {
      let seen = LoopTicket(word: current)
      if seen.isExhausted { return nil }
      let (batch, rest) = seen.claimedByLeader
      let (exchanged, original) = tally.pointee.ticket.weakCompareExchange(
        expected: current, desired: rest.word, successOrdering: .relaxed,
        failureOrdering: .relaxed)
      if exchanged { return batch }
      current = original
    }
  }

  /// Asks Dispatch for as many workers as are missing from `helpers`. The first is handed over
  /// here, the others by the workers that arrive, two each when they see a loop: handing one over can
  /// take as long as waking a core.
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
    var generation: UInt32?
    var seat = 0
    var helped = 0.0
    var isFirst = true
    repeat {
      // Who is woken in advance arrives between two loops, more often than not.
      if isLoopOpen { handOverRecruits(&isFirst) }
      var last: UInt64?
      var batches = 0
      while let batch = claim(&generation, &seat) {
        handOverRecruits(&isFirst)
        let lane = loop.pointee.record?.pointee.lane(seat)
        let start = lane == nil ? 0 : last ?? TickClock.now()
        loop.pointee.run(batch: batch)
        last = lane?.pointee.note(from: start)
        helped += loop.pointee.nanosecondsPerBatch
        batches += 1
      }
      if batches > 0 { tally.pointee.finished.wrappingAdd(batches, ordering: .releasing) }
    } while spin(generation)
    if isFirst { callOffRecruits() }
    awake.value.wrappingSubtract(1, ordering: .relaxed)
    leave(helped)
  }

  /// Claims a batch, with a seat when the loop is not the one `generation` tells of.
  private func claim(_ generation: inout UInt32?, _ seat: inout Int) -> Int? {
    var current = tally.pointee.ticket.load(ordering: .relaxed)
    while true {
      let seen = LoopTicket(word: current)
      let isNew = seen.generation != generation
      if seen.isExhausted || isNew && seen.seats == 0 { return nil }
      fetch()
      let (batch, rest) = seen.claimedByWorker(takingSeat: isNew)
      let (exchanged, original) = tally.pointee.ticket.weakCompareExchange(
        expected: current, desired: rest.word, successOrdering: .acquiring,
        failureOrdering: .relaxed)
      if exchanged {
        generation = seen.generation
        if isNew { seat = seen.seats }
        return batch
      }
      current = original
    }
  }

  /// Lets what a loop is come while the ticket's line becomes ours.
  private func fetch() {
    for offset in stride(from: 0, to: MemoryLayout<SharedLoop>.stride + Self.contextRoom, by: 64) {
      processor_prefetch(UnsafeRawPointer(loop) + offset)
    }
  }

  /// Waits for a loop to join, and returns false when the allowance is spent before there is one.
  private func spin(_ generation: UInt32?) -> Bool {
    let limit = allowance.value.load(ordering: .relaxed)
    let start = TickClock.now()
    // The count bounds the wait where the counter stands still. A look at the clock takes as long as
    // some at the ticket, and a loop that begins meanwhile waits.
    for look in 1...20_000 {
      let seen = LoopTicket(word: tally.pointee.ticket.load(ordering: .relaxed))
      if !seen.isExhausted && (seen.generation == generation || seen.seats > 0) { return true }
      if look % 8 == 0, TickClock.now() &- start >= UInt64(limit) { return false }
      processor_pause()
    }
    return false
  }

  /// Whether there is a loop that one more worker may join.
  private var isLoopOpen: Bool {
    let seen = LoopTicket(word: tally.pointee.ticket.load(ordering: .relaxed))
    return !seen.isExhausted && seen.seats > 0
  }

  /// Hands up to two workers on to Dispatch, the first time.
  private func handOverRecruits(_ isFirst: inout Bool) {
    guard isFirst else { return }
    isFirst = false
    for _ in 0..<2 where takeRecruit() { dispatchWorker() }
  }

  /// Forgets those who are asked for and not yet handed to Dispatch: the loops that they were to help
  /// with are over.
  private func callOffRecruits() {
    let calledOff = recruits.value.exchange(0, ordering: .relaxed)
    summoned.value.wrappingSubtract(calledOff, ordering: .relaxed)
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

  /// Ends a worker. The last one of those who were asked for together puts the next waking in advance off
  /// when this one has cost more than all of them brought.
  private func leave(_ nanoseconds: Double) {
    helped.value.wrappingAdd(nanoseconds < 1e15 ? Int(nanoseconds) : 1 << 50, ordering: .relaxed)
    let left = summoned.value.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
    guard left == 0 else { return }
    let brought = helped.value.exchange(0, ordering: .relaxed)
    let now = patienceNow
    let next =
      Double(brought) > LoopCost.wake ? LoopCost.patience : min(2 * now, LoopCost.longestPatience)
    patience.value.store(next.bitPattern, ordering: .relaxed)
  }
}

/// What all threads that share loops change. It lies on one line of the caches, which wanders from core to
/// core anyway.
private struct LoopTally: ~Copyable {
  /// What is left of the running loop, a `LoopTicket`.
  let ticket = Atomic(UInt64(0))
  /// Batches that workers have finished, those of all loops.
  let finished = Atomic(0)
}

/// What the threads that lead loops have in common.
private struct LeaderState: ~Copyable {
  /// Whether some thread leads a loop.
  let isActive = Atomic(false)
  /// How many batches of the last loop workers ran.
  let batchesOfWorkers = Atomic(0)
}

/// What only the thread that leads a loop uses.
private struct LeaderAccount {
  var credit = SpinCredit()
  /// How many batches workers will have finished when the running loop is over.
  var expected = 0
  /// How often the hand-over may yet be measured.
  var measuringsLeft = 10
}

// Note: [Why the team has no data races]
//
// `account` is used only by the thread that has set `leader.isActive`; setting it acquires what clearing it
// has released. `loop` and the copy of a context behind it are written
// only by that thread, in `show`, and read by the workers. `echo` is written by a worker that holds a batch,
// and used by the leader at other times.
//
// A worker reads `loop` only while it holds a batch, between its claim and its addition to
// `finished`, which counts what it has claimed one after the other:
//
// - The claim is a compare-and-swap of `ticket` that acquires. The value it replaces was stored by
//   the leader's `publish`, or comes from a chain of claims that began with that store, so the
//   worker sees all that the leader wrote before: `loop` and what the caller prepared for the body.
// - The leader writes `loop` again only when every batch of the last one that it has not taken itself has
//   been added to `finished`: `lead` and `measureHandOver` wait for that, unless the leader has taken all.
//   That addition releases and the leader's load acquires (additions of other workers continue the release
//   sequence), so the worker's reads, and what the body wrote, come before. A next leader is ordered by
//   `isActive`.
//
// A worker that is late cannot take a batch of a loop that is over: the ticket of that loop ends
// exhausted, and a swap succeeds only when the word has not changed since it was read. Should the
// generation have come round in between, the word stands for a batch that is free now, and the
// claim is good: `loop` is read after it. The generation serves only to count the seats.
//
// All other words are hints. Reading an old one makes a loop run with fewer workers or makes a
// worker spin for a wrong time, bounded in any case; no loop waits for a worker that has not
// claimed.
