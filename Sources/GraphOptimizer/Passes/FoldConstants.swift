import Arrays
import Scalars
package import SymbolicGraph

/// Computes what depends on scalar constants alone, and lengths that the types tell.
package struct FoldConstants: Pass {
  package let name = "fold-constants"

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    graph.rebuilt(&trace) { result, equation, trace in
      guard let scalar = Self.value(of: equation, result) else { return result.append(equation) }
      if !(equation.operation is Constant) {
        trace.fire("fold-constants/\(equation.operation.name)")
      }
      return result.append(
        Graph.Equation(Constant(scalar), [], equation.type, origins: equation.origins))
    }
  }

  private static func value(of equation: Graph.Equation, _ graph: Graph) -> Scalar? {
    switch equation.operation.lowering {
    case .elementwise(let op):
      var operands: [Scalar] = []
      for operand in equation.operands {
        guard let scalar = (graph.equations[operand].operation as? Constant)?.scalar
        else { return nil }
        operands.append(scalar)
      }
      return op.evaluate(operands, as: equation.type.dtype)
    case .extent(let axis):
      return graph.equations[equation.operands[0]].type.shape[axis].value.map { Scalar($0) }
    case .input, .constant, .reduce, .view, .concatenate, .matmul: return nil
    }
  }
}
