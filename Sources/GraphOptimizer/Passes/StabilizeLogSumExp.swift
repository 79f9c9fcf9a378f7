import Arrays
import Scalars
package import SymbolicGraph

/// Computes `log(sum(exp(x)))` without overflow, as `m + log(sum(exp(x - m)))`.
///
/// With `m` the greatest element no exponential exceeds 1 and at least one is 1, so the sum neither
/// overflows nor vanishes. Where the greatest element is infinite or NaN, and where there is none,
/// `m` is 0 and the formula is the one that was written: all edge cases stay as they were.
///
/// Views on the sum, such as an index, are taken of the logarithm.
package struct StabilizeLogSumExp: Pass {
  package let name = "stabilize-log-sum-exp"

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    guard graph.hasSums else { return graph }
    return graph.rebuilt(&trace) { result, equation, trace in
      guard let found = Self.Form(equation, in: result) else { return result.append(equation) }
      trace.fire("stabilize-log-sum-exp/shift")
      return found.shifted(in: &result)
    }
  }

  /// `log(sum(exp(x)))`, found in a graph, perhaps with views on the sum.
  private struct Form {
    let x: Int
    let sum: Reduce
    private var views: [any Operation] = []
    let origins: [Origin]

    init?(_ equation: Graph.Equation, in graph: Graph) {
      guard (equation.operation as? Elementwise)?.op == .log else { return nil }
      var sumEquation = graph.equations[equation.operands[0]]
      while case .view = sumEquation.operation.lowering {
        views.append(sumEquation.operation)
        sumEquation = graph.equations[sumEquation.operands[0]]
      }
      // An integer accumulator truncates each exponential, which a shift would change.
      guard let sum = sumEquation.operation as? Reduce, sum.reduction == .sum,
        sum.accumulator.isFloating, sum.dtype.isFloating
      else { return nil }
      let expEquation = graph.equations[sumEquation.operands[0]]
      guard (expEquation.operation as? Elementwise)?.op == .exp else { return nil }
      x = expEquation.operands[0]
      if graph.isShifted(x) { return nil }
      self.sum = sum
      origins = [sumEquation, expEquation].reduce(equation.origins) {
        Origin.joined($0, $1.origins)
      }
    }

    func shifted(in graph: inout Graph) -> Int {
      let shift = graph.appendShift(of: x, axes: sum.axes, keepDims: true, origins)
      let difference = graph.appendElementwise(.sub, [x, shift], origins)
      let exponential = graph.appendElementwise(.exp, [difference], origins)
      let total = graph.append(
        Reduce(
          .sum, axes: sum.axes, keepDims: true, accumulator: sum.accumulator, dtype: sum.dtype),
        [exponential], origins)
      let logarithm = graph.appendElementwise(.log, [total], origins)
      let back = graph.cast(shift, to: sum.dtype, origins)
      var result = graph.appendElementwise(.add, [logarithm, back], origins)
      // Axes are kept until here so that all of it lies in one space and becomes one kernel.
      if !sum.keepDims { result = graph.append(Squeeze(axes: sum.axes), [result], origins) }
      return views.reversed().reduce(result) { graph.append($1, [$0], origins) }
    }
  }
}

extension Graph {
  /// Adds the greatest element of `x` along some axes, or 0 where that is not finite.
  mutating func appendShift(
    of x: Int, axes: [Int], keepDims: Bool, _ origins: [Origin]
  ) -> Int {
    let dtype = equations[x].type.dtype
    let zero = append(Equation(scalar: .zero(dtype), origins: origins))
    let infinity = append(Equation(scalar: .float(.infinity, dtype), origins: origins))
    let peak = append(
      Reduce(
        .max, axes: axes, keepDims: keepDims, accumulator: dtype, dtype: dtype, allowsEmpty: true),
      [x], origins)
    let magnitude = appendElementwise(.abs, [peak], origins)
    let isFinite = appendElementwise(.lt, [magnitude, infinity], origins)
    return appendElementwise(.where, [isFinite, peak, zero], origins)
  }

  /// Whether a greatest element has been taken from a value already, here or by the user.
  func isShifted(_ value: Int) -> Bool {
    guard let op = (equations[value].operation as? Elementwise)?.op,
      op == .sub || op == .add || op == .fma
    else { return false }
    return equations[value].operands.contains(where: isPeak)
  }

  /// Whether a value is an extreme but for a change of sign, a choice, or a view.
  private func isPeak(_ value: Int) -> Bool {
    var value = value
    while true {
      let equation = equations[value]
      switch equation.operation.lowering {
      case .reduce(let reduction, _, _, _): return reduction == .max || reduction == .min
      case .elementwise(.neg), .view: value = equation.operands[0]
      case .elementwise(.where): value = equation.operands[1]
      case .input, .constant, .extent, .elementwise, .concatenate, .matmul: return false
      }
    }
  }
}
