import Arrays
import CPUBackend
import GraphOptimizer
import Synchronization
import SymbolicGraph

/// The plans of a program: one for lengths that are equal wherever they broadcast, which hardly ever
/// are anything else, and one for all others, made when it is first needed.
final class Plans: Sendable {
  /// The plan that is made with the program.
  let main: Plan
  /// The graph that it is made of: as written, or with lengths that are assumed to be equal.
  let mainGraph: Graph
  private let written: Graph
  private let name: String
  private let assumption: EqualLengths?
  private let general = Mutex<Plan?>(nil)
  /// Notes what making plans takes, if anybody asks.
  private let recorder: CompileRecorder?

  init(for graph: Graph, name: String, recorder: CompileRecorder? = nil) throws {
    (written, self.name, self.recorder) = (graph, name, recorder)
    assumption = EqualLengths(assumedIn: graph)
    let mainGraph = assumption?.graph ?? graph
    self.mainGraph = mainGraph
    main = try CPUBackend.start {
      try Stages.plan(mainGraph, name: name, recorder: recorder, log: Debugging.log)
    }
  }

  /// Whether inputs of these layouts run the plan of the graph as written.
  func isGeneral(for layouts: [ArrayLayout]) -> Bool {
    assumption.map { !$0.hold(for: layouts.map(\.shape)) } ?? false
  }

  /// Returns the plan for inputs of these layouts.
  func plan(for layouts: [ArrayLayout]) throws -> Plan {
    guard isGeneral(for: layouts) else { return main }
    return try general.withLock { general in
      if let general { return general }
      let made = try Stages.plan(
        written, name: name + ".general", recorder: recorder, log: Debugging.log)
      general = made
      return made
    }
  }
}
