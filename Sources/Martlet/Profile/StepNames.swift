import GraphOptimizer
import Inspection
import Profiling
import SymbolicGraph

/// What the tables call the steps of a function: their classes, their operations, and those with their
/// operands.
struct StepNames {
  private let plans: [Bool: TheanoNames]
  private let equations: TheanoNames?

  /// Names the steps of the plans that ran, or the equations of the graph where none did.
  init(_ plans: [Bool: Plan], _ graph: Graph) {
    self.plans = plans.mapValues { TheanoNames($0) }
    equations = plans.isEmpty ? TheanoNames(graph) : nil
  }

  /// The names of a step, or of the copy that is made for one.
  func names(of key: StepKey) -> TheanoNames.Name {
    let names = key.kind == .equation ? equations : plans[key.isGeneral]
    guard let source = key.source, let name = names?.names[source] else {
      return Self.copy(of: nil)
    }
    return key.kind == .copy ? Self.copy(of: name) : name
  }

  /// Elements that are moved to where a step needs them.
  private static func copy(of name: TheanoNames.Name?) -> TheanoNames.Name {
    TheanoNames.Name(
      className: "martlet.basic.Copy", operation: "Copy",
      apply: name.map { "Copy(for \($0.apply))" } ?? "Copy(for a result)")
  }
}
