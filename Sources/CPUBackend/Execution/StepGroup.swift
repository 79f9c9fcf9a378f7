import KernelIR
import Synchronization

/// What a step takes.
struct StepCost {
  /// On one thread.
  let nanoseconds: Double
  /// How many pieces threads can share.
  let pieces: Int

  /// What it takes when `threads` threads, which are awake, share it. Plans are compiled before any hand-over
  /// has been measured.
  func nanoseconds(threads: Int) -> Double {
    let share = 1 / Double(max(1, min(threads, pieces)))
    return min(nanoseconds, nanoseconds * share + LoopCost.standard.handOver)
  }

  /// Whether `threads` threads share the step about as well as they could.
  func isShared(threads: Int) -> Bool {
    nanoseconds(threads: threads) * Double(threads) < 1.5 * nanoseconds
  }
}

/// Some steps of a plan that threads take one by one, each once those are done that it needs.
///
/// Each step runs on one thread, with the bits that it has at any number. A thread that has taken a step
/// waits for others that were taken before, so one of those taken can always go on.
struct StepGroup {
  /// Which steps of the plan.
  let steps: Range<Int>
  private let entries: [Entry]
  /// What the loop over them is told that it takes on one thread.
  private let nanoseconds: Double

  private struct Entry {
    /// The number in the plan.
    let step: Int
    /// Which entries have to be done, a bit each.
    let needs: UInt64
  }

  /// The most steps in a group: they have a bit each.
  static let longest = 64
  /// What taking a step costs, and looking whether those are done that it needs.
  private static let takeNanoseconds = 100.0
  /// Nanoseconds that a group must save by the estimates to be worth it. On two cores of Zen 3, four sums
  /// of 1,000 exponentials, which should save one of four microseconds, take 0.7 to 1.2 times as long side
  /// by side; of 4,000 each, 0.66.
  private static let leastSaved = 2_000.0

  /// Returns the groups of a plan for `threads` threads, those that save time: of steps that follow each
  /// other as many as there may be, or else those between steps that threads share well.
  static func groups(
    _ costs: [StepCost], _ footprints: [Footprint], mayFail: [Bool], threads: Int
  ) -> [StepGroup] {
    guard threads > 1 else { return [] }
    return runs(of: costs.indices) { !mayFail[$0] }.flatMap { run in
      if let all = StepGroup(run, costs, footprints, threads: threads) { return [all] }
      return runs(of: run) { !costs[$0].isShared(threads: threads) }.compactMap {
        StepGroup($0, costs, footprints, threads: threads)
      }
    }
  }

  /// Returns the longest runs of steps that all belong in one, up to as long as groups may be.
  private static func runs(of steps: Range<Int>, where belongs: (Int) -> Bool) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for step in steps where belongs(step) {
      if let last = runs.last, last.upperBound == step, last.count < longest {
        runs[runs.count - 1] = last.lowerBound..<step + 1
      } else {
        runs.append(step..<step + 1)
      }
    }
    return runs
  }

  /// Schedules steps; returns nil where running one after the other is about as fast.
  private init?(
    _ steps: Range<Int>, _ costs: [StepCost], _ footprints: [Footprint], threads: Int
  ) {
    guard steps.count > 1 else { return nil }
    let needs = Self.needs(footprints[steps])
    let lengths = costs[steps].map { $0.nanoseconds + Self.takeNanoseconds }
    var schedule = Schedule(lengths, needs, threads: threads)
    let order = steps.map { _ in schedule.takeNext() }
    let sideBySide = schedule.end + LoopCost.standard.handOver
    let oneByOne = steps.reduce(0) { $0 + costs[$1].nanoseconds(threads: threads) }
    let saved = oneByOne - sideBySide
    guard saved > max(Self.leastSaved, oneByOne / 8) else { return nil }

    self.steps = steps
    // The bits of entries are those of the steps in another order.
    entries = order.map { number in
      var mask: UInt64 = 0
      for (place, other) in order.enumerated() where needs[number] & 1 << UInt64(other) != 0 {
        mask |= 1 << UInt64(place)
      }
      return Entry(step: steps.lowerBound + number, needs: mask)
    }
    // The loop decides by what equal parts of it would save, less the hand-over as measured then.
    let largestShare = ChunkedRange(count: order.count, grain: 1).largestShare(threads: threads)
    nanoseconds = (saved + LoopCost.standard.handOver) / (1 - largestShare)
  }

  /// For each step, a bit for each earlier one that has to be done before it.
  private static func needs(_ footprints: ArraySlice<Footprint>) -> [UInt64] {
    footprints.indices.map { step in
      footprints[..<step].indices.reduce(0) { mask, earlier in
        footprints[step].mustFollow(footprints[earlier])
          ? mask | 1 << UInt64(earlier - footprints.startIndex) : mask
      }
    }
  }
}

/// Steps as threads take them one by one, should each take just what is expected.
private struct Schedule {
  private let lengths: [Double]
  private let needs: [UInt64]
  /// How long it is from the begin of each step to the end of all that need it.
  private var remaining: [Double]
  private var taken: UInt64 = 0
  /// When each step could begin for what it needs.
  private var ready: [Double]
  /// When each thread has time again.
  private var free: [Double]
  /// When all steps taken are done.
  private(set) var end = 0.0

  init(_ lengths: [Double], _ needs: [UInt64], threads: Int) {
    (self.lengths, self.needs, remaining) = (lengths, needs, lengths)
    ready = lengths.map { _ in 0 }
    free = Array(repeating: 0, count: threads)
    for step in needs.indices.reversed() {
      let next = needs.indices.filter { needs[$0] & 1 << UInt64(step) != 0 }
      remaining[step] += next.map { remaining[$0] }.max() ?? 0
    }
  }

  /// Takes the step that can begin first when a thread next has time, and of several the one from which
  /// it is the longest to the end.
  mutating func takeNext() -> Int {
    let thread = free.indices.min { free[$0] < free[$1] } ?? 0
    let candidates = needs.indices.filter {
      taken & 1 << UInt64($0) == 0 && needs[$0] & taken == needs[$0]
    }
    func key(_ step: Int) -> (Double, Double, Int) {
      (max(free[thread], ready[step]), -remaining[step], step)
    }
    // Steps need earlier ones only, so there is one to take as long as any is left.
    let step = candidates.min { key($0) < key($1) } ?? 0
    let end = key(step).0 + lengths[step]
    free[thread] = end
    self.end = max(self.end, end)
    taken |= 1 << UInt64(step)
    for later in needs.indices where needs[later] & 1 << UInt64(step) != 0 {
      ready[later] = max(ready[later], end)
    }
    return step
  }
}

// MARK: - Running

extension StepGroup {
  /// What the threads that run a group share.
  private struct Progress: ~Copyable {
    /// How many entries were taken.
    let taken = Atomic(0)
    /// Those that are done, a bit each.
    let done = Atomic(UInt64(0))
  }

  /// What the body of the loop finds behind its context pointer.
  private struct Context {
    let steps: UnsafeMutableBufferPointer<Unmanaged<CompiledStep>>
    let base: UnsafeBufferPointer<UnsafeMutableRawPointer>
    let entries: UnsafeBufferPointer<Entry>
    let progress: UnsafeMutablePointer<Progress>

    /// Takes an entry, waits for what it needs, and runs it.
    func runNext() {
      let number = progress.pointee.taken.wrappingAdd(1, ordering: .relaxed).oldValue
      let entry = entries[number]
      waitUntil {
        progress.pointee.done.load(ordering: .acquiring) & entry.needs == entry.needs
      }
      // Only steps that cannot fail are in groups.
      steps[entry.step]._withUnsafeGuaranteedRef { try? $0.run(base, threads: 1) }
      progress.pointee.done.bitwiseOr(1 << UInt64(number), ordering: .releasing)
    }
  }

  /// Runs the steps.
  func run(
    _ steps: UnsafeMutableBufferPointer<Unmanaged<CompiledStep>>,
    _ base: UnsafeBufferPointer<UnsafeMutableRawPointer>, threads: Int
  ) {
    entries.withUnsafeBufferPointer { entries in
      withUnsafeTemporaryAllocation(of: Progress.self, capacity: 1) { memory in
        guard let progress = memory.baseAddress else { return }
        progress.initialize(to: Progress())
        defer { progress.deinitialize(count: 1) }
        let context = Context(steps: steps, base: base, entries: entries, progress: progress)
        withUnsafePointer(to: context) { pointer in
          ParallelLoop.run(
            count: entries.count, grain: 1, threads: threads, nanoseconds: nanoseconds,
            joining: .alone, context: pointer
          ) { context, begin, end, _ in
            // Whichever chunk this is: entries are taken in their order.
            for _ in begin..<end {
              context.assumingMemoryBound(to: Context.self).pointee.runNext()
            }
          }
        }
      }
    }
  }
}
