import Arrays
import CPUBackend
import GraphOptimizer
import KernelIR
import Profiling

/// What is known of a plan that is bound to sizes before it runs.
struct PlanFacts: Sendable {
  /// The plan that was bound; none where the reference back end runs.
  let plan: Plan?
  /// Whether it is the one for lengths that are not equal where they meet.
  let isGeneral: Bool
  /// What it was bound to, and what came of that.
  let layouts: [ArrayLayout], launches: LaunchPlan
  let steps: [StepFacts]
  /// Its number among the plans of the function.
  var number = 0

  /// What a call takes at its peak.
  var peakBytes: Int { MemoryPlan.peakBytes(of: launches) }

  /// Looks at a plan and its launches.
  init(_ plan: Plan, isGeneral: Bool, _ layouts: [ArrayLayout], _ launches: LaunchPlan) {
    (self.plan, self.isGeneral, self.layouts, self.launches) = (plan, isGeneral, layouts, launches)
    var kernels: Set<StepKey> = []
    steps = zip(launches.steps, launches.sources).map { launch, source in
      let kind = source.map { plan.steps[$0].kind(of: launch) } ?? .copy
      let key = StepKey(isGeneral: isGeneral, source: source, kind: kind)
      let continues = kind == .kernel && !kernels.insert(key).inserted
      return StepFacts(key: key, name: launch.name, work: launch.work, continues: continues)
    }
  }

  /// Looks at the equations that the reference back end computes, by their numbers and names.
  init(equations: [(number: Int, name: String)]) {
    (plan, isGeneral, layouts, launches) = (nil, false, [], LaunchPlan())
    steps = equations.map { equation in
      StepFacts(
        key: StepKey(isGeneral: false, source: equation.number, kind: .equation),
        name: equation.name, work: Work())
    }
  }
}

extension Plan.Step {
  /// What a launch is that was made for this step.
  fileprivate func kind(of launch: LaunchPlan.Step) -> StepProfile.Kind {
    switch (self, launch) {
    case (.matmul, .matmul): .matmul
    case (.kernel(let step), .kernel(let launch)) where step.name == launch.name: .kernel
    case (.kernel, _), (.matmul, .kernel), (.concatenate, _): .copy
    }
  }
}

/// What is known of a step before it runs.
struct StepFacts: Sendable, Hashable {
  let key: StepKey
  let name: String
  var work: Work
  /// Whether it goes on with what an earlier launch of the same kernel has begun.
  var continues = false
}

/// What steps of one function have in common whatever the sizes are.
struct StepKey: Hashable, Sendable {
  /// Whether the step belongs to the plan for lengths that are not equal where they meet.
  let isGeneral: Bool
  /// The number of the step in the plan before it was bound; nil for copies of results.
  let source: Int?
  let kind: StepProfile.Kind
}

/// What the calls of a plan count.
// SAFETY: the recorder that it belongs to holds its lock whenever it reads or changes the counts.
final class PlanCounter: @unchecked Sendable {
  let facts: PlanFacts
  private let counts: UnsafeMutableBufferPointer<StepCounts>

  init(_ facts: PlanFacts) {
    self.facts = facts
    counts = .allocate(capacity: facts.steps.count)
    reset()
  }

  deinit { counts.deallocate() }

  /// What was counted so far, step by step.
  var steps: [StepCounts] { Array(counts) }

  func add(_ record: CallRecord) {
    record.forEachStep { number, step in
      if number < counts.count { counts[number].add(step) }
    }
  }

  func reset() { counts.initialize(repeating: StepCounts()) }
}

/// What the calls of a plan have counted.
struct PlanCounts: Sendable {
  let facts: PlanFacts
  let steps: [StepCounts]
}

/// What a step has counted, in ticks.
struct StepCounts: Sendable {
  var calls = 0
  var ticks: UInt64 = 0
  /// The sums of how many threads took part, of what they worked on average, and of what the busiest
  /// did; and the most threads.
  var threads = 0, mostThreads = 1
  var averageBusy: UInt64 = 0, busiest: UInt64 = 0
  /// What plans did that nobody uses any more, and whose sizes were too many to remember; others have
  /// done the same in each call.
  var bytesRead = 0.0, bytesWritten = 0.0, flops = 0.0

  mutating func add(_ step: CallRecord.Step) {
    calls += 1
    ticks &+= TickClock.ticks(from: step.start, to: step.end)
    threads += step.threads
    mostThreads = max(mostThreads, step.threads)
    averageBusy &+= step.busy / UInt64(step.threads)
    busiest &+= step.busiest
  }

  mutating func add(_ other: StepCounts, work: Work) {
    calls += other.calls
    ticks &+= other.ticks
    threads += other.threads
    mostThreads = max(mostThreads, other.mostThreads)
    averageBusy &+= other.averageBusy
    busiest &+= other.busiest
    bytesRead += other.bytesRead + Double(other.calls) * Double(work.bytesRead)
    bytesWritten += other.bytesWritten + Double(other.calls) * Double(work.bytesWritten)
    flops += other.flops + Double(other.calls) * work.flops
  }
}
