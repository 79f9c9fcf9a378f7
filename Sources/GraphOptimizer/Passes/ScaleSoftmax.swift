import Arrays
import Scalars
package import SymbolicGraph

/// Computes `exp(d) / sum(exp(d))`, with `d = x - m` and `m` the greatest `x`, as `exp(d) * (1 /
/// sum(exp(d)))`: one division for a row in place of one for each element.
///
/// The result is rounded twice, so it may differ from the quotient by a unit in the last place, as the
/// exponential may from its exact value. The sum is at least 1, or else 0 or not finite; in these cases
/// the product is what the quotient would be. Of other exponentials the sum may be so small that
/// it has no reciprocal.
package struct ScaleSoftmax: Pass {
  package let name = "scale-softmax"

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    guard graph.hasSums else { return graph }
    return graph.rebuilt(&trace) { result, equation, trace in
      guard case .elementwise(.div) = equation.operation.lowering,
        let found = result.softmax(isQuotient: true, equation.operands),
        result.isShiftedByGreatest(found)
      else { return result.append(equation) }
      trace.fire("scale-softmax")
      let scale = result.appendElementwise(.reciprocal, [found.sum], equation.origins)
      return result.appendElementwise(.mul, [found.exponential, scale], equation.origins)
    }
  }
}

extension Graph {
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
