package import SymbolicGraph

/// The pass that applies a rule set everywhere.
package struct Apply: Pass {
  private let rules: RuleSet

  init(_ rules: RuleSet) { self.rules = rules }

  package var name: String { rules.name }

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    var rewriter = Rewriter(rules)
    return graph.rebuilt(&trace) { result, equation, trace in
      rewriter.add(equation, to: &result, &trace)
    }
  }
}
