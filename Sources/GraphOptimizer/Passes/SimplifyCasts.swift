import Arrays
import Scalars
package import SymbolicGraph

/// Drops casts that change nothing and looks through those that lose nothing.
package struct SimplifyCasts: Pass {
  package let name = "simplify-casts"

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    guard graph.equations.contains(where: \.isCast) else { return graph }
    return graph.rebuilt(&trace) { result, equation, trace in
      guard equation.isCast else { return result.append(equation) }
      var equation = equation
      var operand = equation.operands[0]
      while let inner = result.castOperand(of: operand),
        Self.isRedundant(
          result.equations[inner].type.dtype, through: result.equations[operand].type.dtype,
          to: equation.type.dtype)
      {
        trace.fire("simplify-casts/cast-of-cast")
        operand = inner
      }
      if result.equations[operand].type.dtype == equation.type.dtype {
        trace.fire("simplify-casts/own-dtype")
        return operand
      }
      equation.operands = [operand]
      return result.append(equation)
    }
  }

  /// Whether a cast from `source` to `target` gives the same without a stop at `middle`.
  ///
  /// The stop has to keep every value. Even then integers wrap on the way to other integers but
  /// saturate when they come from floats.
  static func isRedundant(_ source: DType, through middle: DType, to target: DType) -> Bool {
    guard middle.holdsEveryValue(of: source) else { return false }
    let isSaturating = middle.isFloating && source.isInteger && target.isInteger
    return !isSaturating || target.holdsEveryValue(of: source)
  }
}

extension Graph.Equation {
  fileprivate var isCast: Bool {
    if case .elementwise(.cast) = operation.lowering { true } else { false }
  }
}

extension Graph {
  /// What a value is cast from, if it is a cast.
  fileprivate func castOperand(of number: Int) -> Int? {
    equations[number].isCast ? equations[number].operands[0] : nil
  }
}
