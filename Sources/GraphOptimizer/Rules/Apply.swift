package import SymbolicGraph

/// The pass that applies a rule set everywhere.
package struct Apply: Pass {
  private let rules: RuleSet

  init(_ rules: RuleSet) { self.rules = rules }

  package var name: String { rules.name }

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    var rewriter = Rewriter(rules)
    let twins = rules.contracts ? ProductTwins(in: graph) : nil
    return graph.rebuilt(&trace) { result, equation, number, trace in
      let value = rewriter.add(equation, to: &result, &trace)
      if twins?.contains(number) == true { rewriter.share(value, of: result) }
      return value
    }
  }
}
