package import SymbolicGraph

/// Makes what products of integers sum operations at every index, which all other passes know.
///
/// Their inner lengths are compared at the call, by the graph as written.
package struct LowerProducts: Pass {
  package let name = "lower-products"

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    guard graph.equations.contains(where: { $0.plainOperation != nil }) else { return graph }
    return graph.rebuilt(&trace) { result, equation, trace in
      var equation = equation
      if let plain = equation.plainOperation {
        trace.fire("lower-products/terms")
        equation.operation = plain
      }
      return result.append(equation)
    }
  }
}

extension Graph.Equation {
  /// The operation without rules of its own, where it has such.
  fileprivate var plainOperation: Elementwise? {
    guard case .elementwise(let op) = operation.lowering, !(operation is Elementwise) else {
      return nil
    }
    return Elementwise(op, type.dtype)
  }
}
