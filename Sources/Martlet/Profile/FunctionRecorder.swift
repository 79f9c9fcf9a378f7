import CPUBackend
import GraphOptimizer
import KernelIR
import Profiling
import ReferenceBackend
import Synchronization
import SymbolicGraph

/// Counts the calls of one function.
///
/// A call notes what it does in a record of its own and adds that up here when it has ended, under one
/// lock: so calls of several threads are all counted, those that fail add nothing but their number, and
/// whoever looks sees whole calls.
final class FunctionRecorder: Sendable {
  /// What the function is called, and where it was compiled; that takes half a second to look up the
  /// first time, so it is not before somebody reads it.
  let name: String
  private let origin: Origin
  /// The threads that may work on a call.
  let threads: Int
  /// The graph as written, whose equations the reference back end computes.
  let graph: Graph
  let compilation = CompileRecorder()
  private let state = Mutex(State())
  /// What was looked up for reports already: places take long to find.
  let known = ReportMemory()

  /// Where the function was compiled, if the program can tell.
  var place: String? { known.places(.function) { [origin] }.first }

  init(name: String, _ origin: Origin, threads: Int, graph: Graph) {
    (self.name, self.origin, self.threads, self.graph) = (name, origin, threads, graph)
    ProfileClock.start()
  }

  /// Of how many steps with their sizes it is remembered what they did when nobody can run them any
  /// more; of all others together only how much.
  private static let mostRetired = 1024

  /// What is known so far.
  private struct State {
    var calls = Calls()
    /// The plans that are in use, by number.
    var plans: [Int: PlanCounter] = [:]
    var retired: [StepFacts: StepCounts] = [:]
    var largest: PlanFacts?
    var scheduled: [Bool: Plan] = [:]
    var events = EventList()
    var nextPlan = 0
    /// Records that no call uses.
    var spare: [CallRecord] = []
  }

  /// What was known when somebody looked.
  struct Snapshot {
    let calls: Calls
    /// The plans that are in use, in the order in which they were bound.
    let plans: [PlanCounts]
    /// What the steps of plans have counted that nobody uses any more.
    let retired: [StepFacts: StepCounts]
    /// The plan whose calls take the most memory.
    let largest: PlanFacts?
    /// Plans as they were scheduled, whose steps the keys of the rows name.
    let scheduled: [Bool: Plan]
    let events: EventList
  }

  /// Calls, and their times in ticks.
  struct Calls {
    var count = 0, failures = 0, bindings = 0
    var ticks: UInt64 = 0, planTicks: UInt64 = 0, bindTicks: UInt64 = 0, failureTicks: UInt64 = 0
  }

  /// What there is to see now.
  var snapshot: Snapshot {
    state.withLock { state in
      let plans = state.plans.sorted { $0.key < $1.key }.map(\.value)
      return Snapshot(
        calls: state.calls, plans: plans.map { PlanCounts(facts: $0.facts, steps: $0.steps) },
        retired: state.retired, largest: state.largest, scheduled: state.scheduled,
        events: state.events)
    }
  }

  /// Forgets all calls.
  func reset() {
    state.withLock { state in
      state.calls = Calls()
      state.retired = [:]
      state.events.reset()
      for plan in state.plans.values { plan.reset() }
    }
  }
}

// MARK: - Calls

extension FunctionRecorder {
  /// Runs a call that notes what it does in the record that `body` is handed, and that `commit` adds
  /// up. A call that throws before adds to the failures.
  func recorded<Result>(_ body: (CallRecord) throws -> Result) throws -> Result {
    let record = state.withLock { $0.spare.popLast() } ?? CallRecord(threads: threads)
    record.begin()
    do {
      return try body(record)
    } catch {
      let ticks = TickClock.ticks(from: record.start, to: TickClock.now())
      state.withLock { state in
        state.calls.failures += 1
        state.calls.failureTicks += ticks
        state.spare.append(record)
      }
      throw error
    }
  }

  /// Adds up a call that ends now and has run the plan, and takes its record back.
  func commit(_ record: CallRecord, _ plan: PlanCounter) {
    let end = TickClock.now()
    state.withLock { state in
      state.calls.count += 1
      state.calls.ticks += TickClock.ticks(from: record.start, to: end)
      state.calls.planTicks += record.planTicks
      if let ticks = record.bindTicks {
        state.calls.bindings += 1
        state.calls.bindTicks += ticks
      }
      plan.add(record)
      state.events.add(record, plan: plan.facts.number, end: end)
      state.spare.append(record)
    }
  }
}

// MARK: - Plans

extension FunctionRecorder {
  /// Takes in a plan, and returns what counts its calls.
  func add(_ facts: PlanFacts) -> PlanCounter {
    defer { ProcessProfile.writeAtExit() }
    return state.withLock { state in
      var facts = facts
      facts.number = state.nextPlan
      state.nextPlan += 1
      let counter = PlanCounter(facts)
      state.plans[facts.number] = counter
      state.events.name(facts.steps.map(\.name), ofPlan: facts.number)
      if let plan = facts.plan {
        state.scheduled[facts.isGeneral] = plan
        if facts.peakBytes > state.largest?.peakBytes ?? -1 { state.largest = facts }
      }
      return counter
    }
  }

  /// Takes in what the reference back end runs, and returns what counts it.
  func addReferencePlan() -> PlanCounter {
    let names = graph.valueNames
    return add(
      PlanFacts(equations: ReferenceBackend.computed(in: graph).map { ($0, names[$0]) }))
  }

  /// Adds what a plan has counted to that of others, as nobody will run it again.
  func retire(_ plan: PlanCounter) {
    state.withLock { state in
      state.plans[plan.facts.number] = nil
      for (fact, step) in zip(plan.facts.steps, plan.steps) {
        var (fact, work) = (fact, Work())
        if state.retired[fact] == nil, state.retired.count >= Self.mostRetired {
          (work, fact.work) = (fact.work, work)
        }
        state.retired[fact, default: StepCounts()].add(step, work: work)
      }
    }
  }
}
