import CPUBackend
import GraphOptimizer
import Inspection

extension FunctionRecorder {
  /// What each step of a function's usual plan took in the calls so far, copies that are made for it
  /// included; nothing where none has run.
  func stepTimes(of plan: Plan) -> [StepTime] {
    let state = snapshot
    var ticks = [UInt64](repeating: 0, count: plan.steps.count)
    func add(_ key: StepKey, _ counts: StepCounts) {
      guard !key.isGeneral, key.kind != .equation, let step = key.source else { return }
      ticks[step] += counts.ticks
    }
    for (fact, counts) in state.retired { add(fact.key, counts) }
    for plan in state.plans {
      for (fact, counts) in zip(plan.facts.steps, plan.steps) { add(fact.key, counts) }
    }
    // What calls for new sizes spent on getting ready for them is no step's.
    let all = state.calls.ticks - min(state.calls.bindTicks, state.calls.ticks)
    guard all > 0, ticks.contains(where: { $0 > 0 }) else { return [] }
    let secondsPerTick = ProfileClock.nanosecondsPerTick() * 1e-9
    return ticks.map {
      StepTime(seconds: Double($0) * secondsPerTick, share: Double($0) / Double(all))
    }
  }
}

extension Program {
  /// What each step of the usual plan took, if that was counted.
  var stepTimes: [StepTime] { recorder?.stepTimes(of: plans.main) ?? [] }
}
