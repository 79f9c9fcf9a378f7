import Arrays
import Scalars
package import SymbolicGraph

/// Computes integer powers with constant exponents by as few products as repeated squaring takes: the
/// general operation does a step for every bit that an exponent can have. Wrapping products are exact in
/// any order.
package struct ExpandPowers: Pass {
  package let name = "expand-powers"

  package init() {}

  /// Exponents up to here become at most 16 products; the lesser ones are rules.
  private static let exponents = 5...512

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    graph.rebuilt(&trace) { result, equation, trace in
      guard (equation.operation as? Elementwise)?.op == .pow, equation.type.dtype.isInteger,
        let scalar = result.scalar(equation.operands[1]),
        let exponent = Self.exponents.first(where: { Double($0) == scalar.asDouble })
      else { return result.append(equation) }
      trace.fire("expand-powers/products")
      let x = equation.operands[0], origins = equation.origins
      var power = x
      // Bits of the exponent below the highest, which is x itself.
      for bit in (0..<(Int.bitWidth - 1 - exponent.leadingZeroBitCount)).reversed() {
        power = result.appendElementwise(.square, [power], origins)
        if exponent >> bit & 1 == 1 {
          power = result.appendElementwise(.mul, [power, x], origins)
        }
      }
      return power
    }
  }
}
