import GraphOptimizer
import Inspection
import KernelIR
import Profiling
import SymbolicGraph

/// A row of a profile while it is put together.
struct StepRow {
  var counts = StepCounts()
  /// What the machine would take at its limits, and how much time of the step that stands beside, in
  /// seconds; the limit that was nearer.
  var limit = 0.0, limited = 0.0
  var limitedBy: String?
  /// A launch to look at, of the sizes that took the most memory if possible.
  var launch: LaunchPlan.Step?
  var name = ""

  /// Adds what one plan has counted.
  mutating func add(_ counts: StepCounts, _ facts: StepFacts, secondsPerTick: Double) {
    let (calls, threads) = (self.counts.calls, self.counts.threads)
    self.counts.add(counts, work: facts.work)
    // The call was counted with the launch that began it, which is the largest.
    if facts.continues { (self.counts.calls, self.counts.threads) = (calls, threads) }
    name = facts.name
    guard counts.calls > 0 else { return }
    let meanThreads = (Double(counts.threads) / Double(counts.calls)).rounded()
    guard let reached = StepLimit(of: facts.work, threads: Int(meanThreads)) else { return }
    limit += Double(counts.calls) * reached.seconds
    limited += Double(counts.ticks) * secondsPerTick
    limitedBy = reached.name
  }

  /// The row as readers see it.
  func profile(_ names: TheanoNames.Name, _ kind: StepProfile.Kind, secondsPerTick: Double)
    -> StepProfile
  {
    var profile = StepProfile(
      name: name, className: names.className, opName: names.operation, applyName: names.apply,
      kind: kind, number: 0)
    profile.calls = counts.calls
    profile.seconds = Double(counts.ticks) * secondsPerTick
    (profile.bytesRead, profile.bytesWritten) = (counts.bytesRead, counts.bytesWritten)
    profile.flops = counts.flops
    if limited > 0 { profile.limitSeconds = limit }
    (profile.limitedSeconds, profile.limitedBy) = (limited, limitedBy)
    if counts.calls > 0 { profile.meanThreads = Double(counts.threads) / Double(counts.calls) }
    profile.mostThreads = counts.mostThreads
    if counts.averageBusy > 0 {
      profile.imbalance = max(Double(counts.busiest) / Double(counts.averageBusy) - 1, 0)
    }
    if case .kernel(let launch) = launch { profile.operations = launch.operationShares }
    return profile
  }
}

extension KernelLaunch {
  /// The estimated shares of the operations.
  fileprivate var operationShares: [OperationShare] {
    let costs = operationCosts
    let all = costs.reduce(0) { $0 + $1.cost }
    return costs.map {
      OperationShare(name: $0.name, count: $0.count, share: all > 0 ? $0.cost / all : 0)
    }
  }
}
