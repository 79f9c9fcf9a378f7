import Dispatch
import Glibc
import Synchronization
import Testing

@testable import CPUBackend

/// An estimate at which every loop is shared and the workers are woken for it.
private let enormous = 1e9
/// An estimate at which a loop is shared with workers that are awake.
private let medium = 5e3

@Suite("Parallel loops")
struct ParallelLoopTests {
  @Test(
    "Every chunk runs once, with the bounds that count and grain give", arguments: [1, 2, 3, 7])
  func coverage(threads: Int) {
    for count in [0, 1, 2, 3, 7, 64, 65, 1000, 4097] {
      for grain in [1, 2, 3, 64, 1000, 5000] {
        var runs = [Int](repeating: 0, count: count)
        let chunks = ParallelLoop.chunkCount(count: count, grain: grain)
        let boundsHold = Atomic(true)
        runs.withUnsafeMutableBufferPointer { runs in
          nonisolated(unsafe) let runs = runs
          ParallelLoop.run(count: count, grain: grain, threads: threads, nanoseconds: enormous) {
            begin, end, chunk in
            if begin != chunk * grain || end != min(begin + grain, count) || chunk >= chunks {
              boundsHold.store(false, ordering: .relaxed)
            }
            for index in begin..<end { runs[index] += 1 }
          }
        }
        #expect(runs.allSatisfy { $0 == 1 }, "count \(count), grain \(grain)")
        let boundsHoldNow = boundsHold.load(ordering: .relaxed)
        #expect(boundsHoldNow, "count \(count), grain \(grain)")
      }
    }
  }

  @Test("Chunks that may be joined reach the body as one range")
  func joinedChunks() {
    var calls: [[Int]] = []
    withUnsafeMutablePointer(to: &calls) { calls in
      let range = ChunkedRange(count: 25, grain: 10, joining: .batches)
      for chunks in [0..<0, 0..<1, 1..<3] {
        range.run(chunks: chunks, UnsafeRawPointer(calls)) { context, begin, end, chunk in
          UnsafeMutableRawPointer(mutating: context).assumingMemoryBound(to: [[Int]].self)
            .pointee.append([begin, end, chunk])
        }
      }
    }
    #expect(calls == [[0, 10, 0], [10, 25, 1]])
  }

  @Test("A count below one and a grain below one are an empty loop and a grain of one")
  func degenerate() {
    var chunks = 0
    ParallelLoop.run(count: -3, grain: 4, threads: 2, nanoseconds: enormous) { _, _, _ in
      chunks += 1
    }
    #expect(chunks == 0)
    ParallelLoop.run(count: 3, grain: 0, threads: 1, nanoseconds: enormous) { begin, end, _ in
      chunks += end - begin
    }
    #expect(chunks == 3)
  }

  @Test("An estimate that is no number runs serially or shared, and completely")
  func strangeEstimates() {
    for estimate in [Double.nan, .infinity, -.infinity, -1, 0, .greatestFiniteMagnitude] {
      #expect(sum(count: 1000, grain: 10, threads: 2, estimate: estimate) == 499_500)
    }
  }

  @Test("A reduction has the same bits at any number of threads")
  func determinism() {
    let values = (0..<100_003).map { Float(1) / Float($0 + 1) }
    func reduce(threads: Int) -> UInt32 {
      let grain = 1000
      var partials = [Float](
        repeating: 0, count: ParallelLoop.chunkCount(count: values.count, grain: grain))
      partials.withUnsafeMutableBufferPointer { partials in
        nonisolated(unsafe) let partials = partials
        ParallelLoop.run(
          count: values.count, grain: grain, threads: threads, nanoseconds: enormous
        ) { begin, end, chunk in
          partials[chunk] = values[begin..<end].reduce(0, +)
        }
      }
      return partials.reduce(0, +).bitPattern
    }
    let expected = reduce(threads: 1)
    for threads in [2, 3, 7, 1000] {
      for _ in 0..<20 { #expect(reduce(threads: threads) == expected) }
    }
  }

  @Test("Loops in quick succession lose and repeat nothing", arguments: [medium, enormous])
  func succession(estimate: Double) {
    for iteration in 0..<(estimate == medium ? 100_000 : 10_000) {
      let count = 2 + iteration % 37
      let total = sum(count: count, grain: 1 + iteration % 3, threads: 2, estimate: estimate)
      if total != count * (count - 1) / 2 {
        Issue.record("iteration \(iteration): \(total)")
        return
      }
    }
  }

  @Test("Callers on many threads share one team", arguments: [2, 7])
  func concurrentCallers(threads: Int) {
    let wrong = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 8) { caller in
      for iteration in 0..<2_000 {
        let count = 2 + (iteration + caller) % 53
        let estimate = iteration % 5 == 0 ? enormous : medium
        let total = sum(count: count, grain: 1, threads: threads, estimate: estimate)
        if total != count * (count - 1) / 2 { wrong.wrappingAdd(1, ordering: .relaxed) }
      }
    }
    let wrongNow = wrong.load(ordering: .relaxed)
    #expect(wrongNow == 0)
  }

  @Test("A loop inside a loop runs where it stands")
  func nesting() {
    let total = Atomic(0)
    for _ in 0..<200 {
      ParallelLoop.run(count: 20, grain: 1, threads: 2, nanoseconds: enormous) { _, _, outer in
        let inner = sum(count: 10 + outer, grain: 2, threads: 2, estimate: enormous)
        total.wrappingAdd(inner, ordering: .relaxed)
      }
    }
    let expected = (0..<20).reduce(0) { $0 + (10 + $1) * (9 + $1) / 2 }
    let totalNow = total.load(ordering: .relaxed)
    #expect(totalNow == 200 * expected)
  }

  @Test("More threads than cores finish all the same", arguments: [3, 7, 64, 256])
  func oversubscription(threads: Int) {
    for _ in 0..<50 {
      #expect(sum(count: 10_000, grain: 3, threads: threads, estimate: enormous) == 49_995_000)
    }
  }

  @Test(
    "Short loops in quick succession wake as many workers as they can use",
    .enabled(if: ThreadBudget.availableCores >= 4))
  func wakingSeveral() {
    var loops = 0
    while WorkerTeam.shared.workersAwake < 3, loops < 1_000_000 {
      // Its largest share is far below what waking a worker for it would have to save.
      _ = sum(count: 10_000, grain: 100, threads: 4, estimate: medium)
      loops += 1
    }
    #expect(loops < 1_000_000)
  }

  @Test("Workers give themselves back to Dispatch when no loop comes")
  func idle() {
    _ = sum(count: 1000, grain: 1, threads: 2, estimate: enormous)
    var waits = 0
    while WorkerTeam.shared.workersAwake > 0, waits < 100_000 {
      usleep(100)
      waits += 1
    }
    #expect(WorkerTeam.shared.workersAwake == 0)
  }

  /// Adds up `0..<count` in a shared loop.
  private func sum(count: Int, grain: Int, threads: Int, estimate: Double) -> Int {
    let total = Atomic(0)
    ParallelLoop.run(count: count, grain: grain, threads: threads, nanoseconds: estimate) {
      begin, end, _ in
      total.wrappingAdd((begin..<end).reduce(0, +), ordering: .relaxed)
    }
    return total.load(ordering: .relaxed)
  }
}

@Suite("The cost of loops")
struct LoopCostTests {
  /// What happens to a loop of equal chunks.
  private func decision(
    _ estimate: Double, chunks: Int = 64, threads: Int = 2, awake: Int, cores: Int = 2
  ) -> LoopCost.Decision {
    let range = ChunkedRange(count: chunks, grain: 1)
    return LoopCost.standard.decide(
      estimate: estimate, threads: threads, awake: awake, cores: cores,
      largestShare: range.largestShare)
  }

  @Test("A loop is shared when that saves more than the hand-over")
  func warm() {
    #expect(decision(500, awake: 1) == .serial)
    #expect(decision(1000, awake: 1) == .share)
    #expect(decision(1e9, awake: 1) == .share)
  }

  @Test("Sleeping workers are woken only for a loop that pays for it")
  func cold() {
    #expect(decision(500, awake: 0) == .serial)
    #expect(decision(1000, awake: 0) == .serialCounted)
    #expect(decision(100_000, awake: 0) == .serialCounted)
    #expect(decision(120_000, awake: 0) == .shareAndWake)
  }

  @Test("Workers that are missing are woken for later loops, or for this one")
  func partlyAwake() {
    func decide(_ estimate: Double, awake: Int) -> LoopCost.Decision {
      decision(estimate, threads: 8, awake: awake, cores: 8)
    }
    #expect(decide(500, awake: 1) == .serialCounted)
    #expect(decide(1000, awake: 1) == .shareCounted)
    #expect(decide(1000, awake: 3) == .share)
    #expect(decide(1000, awake: 7) == .share)
    #expect(decide(1e6, awake: 3) == .shareAndWake)
    #expect(decide(1e6, awake: 7) == .share)
  }

  @Test("The loops that are short at once are those that are serial after a close look")
  func short() {
    for threads in [2, 3, 8] {
      for estimate in stride(from: 55.0, to: 1500, by: 10) {
        let isShort = LoopCost.standard.isShort(estimate, threads: threads)
        for awake in 0..<threads {
          let decision = decision(
            estimate, chunks: 24, threads: threads, awake: awake, cores: threads)
          #expect(isShort == (decision == .serial), "\(estimate) ns on \(threads)")
        }
      }
    }
    #expect(!LoopCost.standard.isShort(.infinity, threads: 2))
    #expect(!LoopCost.standard.isShort(.nan, threads: 2))
  }

  @Test("Chunks that do not divide among the threads count for what they are")
  func unequalChunks() {
    #expect(ChunkedRange(count: 1001, grain: 1000).largestShare(threads: 2) > 0.99)
    #expect(ChunkedRange(count: 3000, grain: 1000).largestShare(threads: 2) == 2.0 / 3)
    #expect(ChunkedRange(count: 10, grain: 1000).largestShare(threads: 2) == 1)
    #expect(decision(1e9, chunks: 1, awake: 1) == .serial)
  }

  @Test("Threads that would claim for longer than they work are left out")
  func claims() {
    func most(_ estimate: Double) -> Int {
      LoopCost.standard.mostThreads(estimate: estimate, atMost: 16)
    }
    #expect(most(LoopCost.leastShared) == 2)
    #expect([2e3, 4e3, 12e3, 20e3, 1e9].map(most) == [5, 7, 12, 16, 16])
    #expect([.infinity, .nan, .greatestFiniteMagnitude].map(most) == [16, 16, 16])
    #expect([0, 1, -.infinity].map(most).allSatisfy { $0 >= 1 })
  }

  @Test("Cores that do not exist speed nothing up")
  func oversubscribed() {
    #expect(decision(1e9, threads: 7, awake: 0, cores: 1) == .serial)
    #expect(decision(1e9, threads: 7, awake: 1, cores: 2) == .share)
  }

  @Test(
    "Batches are no more than the chunks and cover each of them once",
    arguments: [1, 5, 4096, 100_000])
  func batches(chunks: Int) {
    for estimate in [0, 1e3, 1e6, 1e12, .infinity, .nan] {
      let batches = LoopCost.standard.batches(
        estimate: estimate, chunks: chunks, threads: 2, joining: .none)
      #expect((1...min(chunks, LoopTicket.maximumBatches)).contains(batches))
      let start = LoopCost.standard.headStart(
        estimate: estimate, chunks: chunks, batches: batches, threads: 2)
      #expect((0...chunks - batches).contains(start))
      let loop = SharedLoop(
        range: ChunkedRange(count: chunks, grain: 1), batches: batches, headStart: start)
      var next = 0
      for batch in 0..<batches {
        #expect(loop.chunks(ofBatch: batch).lowerBound == next)
        #expect(!loop.chunks(ofBatch: batch).isEmpty)
        next = loop.chunks(ofBatch: batch).upperBound
      }
      #expect(next == chunks)
    }
  }

  @Test("Threads get equally many batches, and short loops one each")
  func equalBatches() {
    func count(_ estimate: Double, threads: Int) -> Int {
      LoopCost.standard.batches(estimate: estimate, chunks: 1000, threads: threads, joining: .none)
    }
    #expect([1e3, 2e3, 2.5e3, 4e3, 1e4].map { count($0, threads: 2) } == [2, 2, 4, 4, 10])
    #expect(count(1e4, threads: 3) == 9)
    #expect(count(1e6, threads: 2) == 20)
    #expect(
      LoopCost(handOver: 1000).batches(estimate: 8e3, chunks: 1000, threads: 2, joining: .none) == 2
    )
  }

  @Test("Who hands a loop over works until the others begin")
  func headStart() {
    func start(_ estimate: Double, chunks: Int, batches: Int = 2, threads: Int = 2) -> Int {
      LoopCost.standard.headStart(
        estimate: estimate, chunks: chunks, batches: batches, threads: threads)
    }
    #expect(start(3000, chunks: 20) == 2)
    #expect(start(3000, chunks: 20, batches: 4) == 0)
    #expect(start(3000, chunks: 4) == 0)
    #expect(start(600, chunks: 2) == 0)
    #expect(start(600, chunks: 3) == 1)
    let loop = SharedLoop(range: ChunkedRange(count: 21, grain: 1), batches: 3, headStart: 4)
    #expect((0..<3).map { loop.chunks(ofBatch: $0).count } == [9, 6, 6])
  }

  @Test("A measured hand-over counts within bounds")
  func measuredHandOver() {
    let measured: [Double] = [1000, 0, -1, 1e9, .infinity, .nan]
    let counted = measured.map { LoopCost(handOver: $0).handOver }
    #expect(counted == [1000, 300, 300, 3000, 3000, 300])
    #expect(
      LoopCost(handOver: 1000).decide(estimate: 1500, threads: 2, awake: 1, cores: 2) {
        1 / Double($0)
      }
        == .serial)
  }

  @Test("Long batches are as many as wanted for each thread, where there is enough to do")
  func longBatches() {
    func count(_ estimate: Double, chunks: Int, each: Int = 1, threads: Int = 7) -> Int {
      LoopCost.standard.batches(
        estimate: estimate, chunks: chunks, threads: threads, joining: .longBatches(each: each))
    }
    #expect((1...64).allSatisfy { count(5e6, chunks: 1000, each: 4, threads: $0) == 4 * $0 })
    #expect(count(9000, chunks: 1000, each: 4) == 14)
    #expect(count(5e6, chunks: 20, each: 4) == 20)
    #expect(count(5e6, chunks: 1000) == 7)
    #expect(count(5e6, chunks: 5) == 5)
    #expect(count(1, chunks: 1000) == 7)
    #expect(count(.nan, chunks: 1000) <= 1000)
  }

  @Test("A ticket keeps its fields apart")
  func ticket() {
    var ticket = LoopTicket(generation: .max, seats: 255, batches: 4095)
    var batches: [Int] = []
    while !ticket.isExhausted {
      let isLeader = batches.count % 3 == 0
      let seats = ticket.seats
      let (batch, rest) =
        isLeader ? ticket.claimedByLeader : ticket.claimedByWorker(takingSeat: seats > 0)
      #expect(rest.seats == (isLeader ? seats : max(0, seats - 1)))
      batches.append(batch)
      ticket = rest
    }
    // The leader has the first without a claim.
    #expect(batches.sorted() == Array(1..<4095))
    #expect(ticket.generation == .max && ticket.seats == 0)
  }

  @Test("A leader takes batches from the front, workers from the back")
  func ends() {
    let ticket = LoopTicket(generation: 1, seats: 2, batches: 9)
    #expect(ticket.claimedByLeader.batch == 1)
    #expect(ticket.claimedByLeader.rest.claimedByLeader.batch == 2)
    #expect(ticket.claimedByLeader.rest.claimedByWorker(takingSeat: true).batch == 8)
  }
}
