import CPUBackend
import GraphOptimizer
import KernelIR
import Profiling
import SymbolicGraph

extension FunctionProfile {
  /// What a recorder has counted.
  init(_ recorder: FunctionRecorder, secondsPerTick: Double) {
    let state = recorder.snapshot
    self.init(
      name: recorder.name, place: recorder.place, threads: recorder.threads,
      calls: CallCounts(state.calls, secondsPerTick: secondsPerTick),
      compile: recorder.compilation.profile, steps: [])
    steps = Self.steps(state, recorder, secondsPerTick: secondsPerTick)
    if let largest = state.largest, let plan = largest.plan {
      memory = recorder.known.memory(of: largest) {
        MemoryPlan(of: largest.launches, plan, largest.layouts)
      }
    }
    if steps.contains(where: { $0.kind == .equation }) {
      notes.append(
        "there is no compiler, so the reference back end ran each equation of the graph by itself "
          + "(type Py in the tables); bytes and operations are not counted")
    }
    (traceEvents, traceEventsLeftOut) = (state.events.count, state.events.leftOut)
  }

  private static func steps(
    _ state: FunctionRecorder.Snapshot, _ recorder: FunctionRecorder, secondsPerTick: Double
  ) -> [StepProfile] {
    var rows: [StepKey: StepRow] = [:]
    for (fact, counts) in state.retired {
      rows[fact.key, default: StepRow()].add(counts, fact, secondsPerTick: secondsPerTick)
    }
    for plan in state.plans {
      for (number, fact) in plan.facts.steps.enumerated() {
        rows[fact.key, default: StepRow()]
          .add(plan.steps[number], fact, secondsPerTick: secondsPerTick)
      }
    }
    var results: [StepKey: [ArrayDescription]] = [:]
    if let largest = state.largest {
      for (number, fact) in largest.steps.enumerated() {
        if !fact.continues { rows[fact.key]?.launch = largest.launches.steps[number] }
        results[fact.key, default: []] += largest.results(ofStep: number)
      }
    }
    let names = StepNames(state.scheduled, recorder.graph)
    return rows.sorted { $0.key.order < $1.key.order }.enumerated().map { number, element in
      let (key, row) = element
      let plan = state.scheduled[key.isGeneral]
      var profile = row.profile(names.names(of: key), key.kind, secondsPerTick: secondsPerTick)
      profile.number = number
      profile.places = recorder.known.places(.step(key)) { key.origins(plan, recorder.graph) }
      profile.results = results[key] ?? []
      if profile.name.isEmpty { profile.name = profile.opName }
      return profile
    }
  }
}

extension CallCounts {
  fileprivate init(_ calls: FunctionRecorder.Calls, secondsPerTick: Double) {
    self.init()
    (count, failures, bindings) = (calls.count, calls.failures, calls.bindings)
    seconds = Double(calls.ticks) * secondsPerTick
    planSeconds = Double(calls.planTicks) * secondsPerTick
    bindSeconds = Double(calls.bindTicks) * secondsPerTick
    failureSeconds = Double(calls.failureTicks) * secondsPerTick
  }
}

extension PlanFacts {
  /// What a step writes, as far as its arrays are its own.
  fileprivate func results(ofStep number: Int) -> [ArrayDescription] {
    launches.buffers.filter {
      $0.first == number && ($0.value != nil || steps[number].key.kind == .copy)
    }.map {
      ArrayDescription(
        dtype: $0.dtype.rawValue, shape: $0.shape, byteCount: $0.byteCount,
        isInPlace: $0.isInPlace)
    }
  }
}

extension StepKey {
  /// The order in which rows stand: that of the plan, copies first, since they are read.
  fileprivate var order: (Int, Int, Int) {
    (isGeneral ? 1 : 0, source ?? .max, kind == .copy ? 0 : 1)
  }

  /// Where what the step computes was written.
  fileprivate func origins(_ plan: Plan?, _ graph: Graph) -> [Origin] {
    guard let source else { return [] }
    if kind == .equation { return graph.equations[source].origins }
    return plan.map { $0.steps[source].origins(in: $0.graph) } ?? []
  }
}

extension Plan.Step {
  /// Where what the step computes was written.
  fileprivate func origins(in graph: Graph) -> [Origin] {
    switch self {
    case .kernel(let step): step.origins
    case .matmul(let step): graph.equations[step.result].origins
    case .concatenate(let step): graph.equations[step.result].origins
    }
  }
}
