import Arrays
import Scalars
package import SymbolicGraph

/// Moves concatenations over elementwise operations: `concatenate(a, b) * 2` becomes
/// `concatenate(a * 2, b * 2)`.
///
/// The parts are then computed where they end up, and nothing is copied. An operation moves where its
/// other operands are repeated along the axis, so that each part sees the same of them.
package struct LiftConcatenations: Pass {
  package let name = "lift-concatenations"

  /// How many parts a concatenation may have: each becomes a kernel of its own.
  private static let most = 8

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    guard graph.equations.contains(where: { $0.concatenatedAxis != nil }) else { return graph }
    let shapes = SymbolicShapes(graph)
    let uses = graph.useCounts
    return graph.rebuilt(&trace) { result, equation, number, trace in
      guard case .elementwise = equation.operation.lowering else { return result.append(equation) }
      let old = graph.equations[number].operands
      for (place, operand) in equation.operands.enumerated() {
        let concatenation = result.equations[operand]
        guard let axis = concatenation.concatenatedAxis, uses[old[place]] == 1,
          concatenation.operands.count <= Self.most,
          shapes.lengths[old[place]] == shapes.lengths[number],
          old.indices.allSatisfy({
            $0 == place || isRepeated(shapes.lengths[old[$0]], along: axis, of: shapes, number)
          })
        else { continue }
        let operands = concatenation.operands.map { part in
          var operands = equation.operands
          operands[place] = part
          return operands
        }
        guard operands.allSatisfy({ result.accepts(equation.operation, $0) }) else { continue }
        trace.fire("lift-concatenations/lift")
        let parts = operands.map {
          result.append(equation.operation, $0, equation.origins)
        }
        return result.append(concatenation.operation, parts, equation.origins)
      }
      return result.append(equation)
    }
  }

  /// Whether an operand of `number` has the same elements at every index of the result's `axis`.
  private func isRepeated(
    _ lengths: [SymbolicShapes.Length], along axis: Int, of shapes: SymbolicShapes, _ number: Int
  ) -> Bool {
    let own = axis - (shapes.lengths[number].count - lengths.count)
    return own < 0 || lengths[own] == .fixed(1)
  }
}

extension Graph.Equation {
  /// The axis of a concatenation; nil for every other operation.
  fileprivate var concatenatedAxis: Int? {
    if case .concatenate(let axis) = operation.lowering { axis } else { nil }
  }
}
