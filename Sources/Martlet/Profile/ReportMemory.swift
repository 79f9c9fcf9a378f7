import Profiling
import Synchronization
import SymbolicGraph

/// What the reports of one function have looked up: it takes a tenth of a second to find where an
/// expression was written, and does not change.
final class ReportMemory: Sendable {
  /// What was written somewhere.
  enum Subject: Hashable {
    case function
    case step(StepKey)
  }

  private let places = Mutex<[Subject: [String]]>([:])
  private let memory = Mutex<(number: Int, plan: MemoryPlan)?>(nil)

  /// Returns the places of some origins, each once, in order.
  func places(_ subject: Subject, of origins: () -> [Origin]) -> [String] {
    places.withLock { known in
      if let found = known[subject] { return found }
      var found: [String] = []
      for place in origins().lazy.compactMap(\.location) where !found.contains(place) {
        found.append(place)
      }
      known[subject] = found
      return found
    }
  }

  /// Returns the memory of a plan.
  func memory(of facts: PlanFacts, _ make: () -> MemoryPlan) -> MemoryPlan {
    memory.withLock { known in
      if let known, known.number == facts.number { return known.plan }
      let plan = make()
      known = (facts.number, plan)
      return plan
    }
  }
}
