package import SymbolicGraph

/// The pass that applies a rule set everywhere.
package struct Apply: Pass {
  private let rules: RuleSet

  init(_ rules: RuleSet) { self.rules = rules }

  package var name: String { rules.name }

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    var rewriter = Rewriter(rules)
    let uses = graph.useCounts
    let twins = rules.contracts ? ProductTwins(in: graph, useCounts: uses) : nil
    return graph.rebuilt(&trace) { result, equation, number, trace in
      let value = rewriter.add(equation, to: &result, &trace)
      if let twins, uses[number] > 1 || twins.contains(number) {
        rewriter.share(value, of: result)
      }
      return value
    }
  }
}
