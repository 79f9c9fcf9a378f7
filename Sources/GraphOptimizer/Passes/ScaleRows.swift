import Arrays
import Scalars
package import SymbolicGraph

/// Divides once for a row, in place of once for each element, in two quotients that are products then.
///
/// Softmax: `exp(d) / sum(exp(d))`, with `d = x - m` and `m` the greatest `x`, is `exp(d) * (1 /
/// sum(exp(d)))`. The result is rounded twice, so it may differ from the quotient by a unit in the last
/// place, as the exponential may from its exact value. The sum is at least 1, or else 0 or not finite; in
/// these cases the product is what the quotient would be. Of other exponentials the sum may be so small
/// that it has no reciprocal.
///
/// Norms: `x / sqrt(v + c)`, with one `v` for a row and a positive constant `c`, as that of a layer norm, is
/// `x * (1 / sqrt(v + c))`. A root always has a reciprocal, or is 0 or not finite, where again product and
/// quotient are the same. The reciprocal of a `float32` is computed in `float64` and rounded once, so that
/// two roundings come between the operands and the product, as between them and the quotient; they may
/// differ by two units in the last place. Of a `float64` the root is rounded too, and there are three.
/// Without the constant a vector of one element would have a norm whose quotient is
/// exactly 1 and whose product may not be.
package struct ScaleRows: Pass {
  package let name = "scale-rows"

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    let hasSums = graph.hasSums
    guard hasSums || graph.equations.indices.contains(where: { graph.op($0) == .sqrt }) else {
      return graph
    }
    return graph.rebuilt(&trace) { result, equation, trace in
      guard case .elementwise(.div) = equation.operation.lowering else {
        return result.append(equation)
      }
      let (x, origins) = (equation.operands[0], equation.origins)
      if hasSums, let found = result.softmax(isQuotient: true, equation.operands),
        result.isShiftedByGreatest(found)
      {
        trace.fire("scale-softmax")
        let scale = result.appendElementwise(.reciprocal, [found.sum], origins)
        return result.appendElementwise(.mul, [found.exponential, scale], origins)
      }
      guard let square = result.squaredNorm(equation) else { return result.append(equation) }
      trace.fire("scale-norm")
      let wide = result.cast(square, to: .float64, origins)
      let root = result.appendElementwise(.sqrt, [wide], origins)
      let inverse = result.appendElementwise(.reciprocal, [root], origins)
      let scale = result.cast(inverse, to: equation.type.dtype, origins)
      return result.appendElementwise(.mul, [x, scale], origins)
    }
  }
}

extension Graph {
  /// What the root is taken of, if a quotient is one by the root of a value for each row and a constant.
  fileprivate func squaredNorm(_ quotient: Equation) -> Int? {
    let divisor = quotient.operands[1]
    guard op(divisor) == .sqrt, let length = quotient.type.shape.last, length != 1,
      [nil, 1].contains(equations[divisor].type.shape.last)
    else { return nil }
    let square = equations[divisor].operands[0]
    guard op(square) == .add, equations[square].type.dtype == quotient.type.dtype,
      equations[square].operands.contains(where: { (scalar($0)?.asDouble ?? 0) > 0 })
    else { return nil }
    return square
  }

  /// Whether the exponentials are of something less its greatest value along the axes of the sum, so that
  /// the greatest exponential is 1.
  fileprivate func isShiftedByGreatest(_ found: ExponentialSum) -> Bool {
    guard case .elementwise(.sub) = equations[found.x].operation.lowering else { return false }
    let (x, shift) = (equations[found.x].operands[0], equations[found.x].operands[1])
    let greatest = finiteOrZero(shift) ?? shift
    guard let peak = equations[greatest].operation as? Reduce else { return false }
    return peak.reduction == .max && peak.axes == found.reduce.axes
      && peak.broadcastsBack(rank: equations[x].type.rank) && equations[greatest].operands[0] == x
  }

  /// What `value` is unless that is not finite, if it is 0 then.
  private func finiteOrZero(_ value: Int) -> Int? {
    guard case .elementwise(.where) = equations[value].operation.lowering else { return nil }
    let operands = equations[value].operands
    let (condition, chosen) = (equations[operands[0]], operands[1])
    guard case .elementwise(.lt) = condition.operation.lowering,
      case .elementwise(.abs) = equations[condition.operands[0]].operation.lowering,
      equations[condition.operands[0]].operands == [chosen],
      scalar(condition.operands[1])?.asDouble == .infinity, scalar(operands[2])?.asDouble == 0
    else { return nil }
    return chosen
  }
}
