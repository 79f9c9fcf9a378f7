import Arrays
import Scalars
package import SymbolicGraph

/// Computes `exp(x) / sum(exp(x))` and its logarithm without overflow and with all their digits.
///
/// | written | computed |
/// | --- | --- |
/// | `exp(x) / sum(exp(x))` | `exp(d) / sum(exp(d))` with `d = x - m` |
/// | `log(exp(d) / sum(exp(d)))` | `d - log(sum(exp(d)))` |
/// | `x - (log(sum(exp(x - m))) + m)` | `d - log(sum(exp(d)))` |
/// | `exp(d - log(sum(exp(d))))` | `exp(d) / sum(exp(d))` |
///
/// In the first row `exp(d)` stands for `exp(d) * (1 + r)`, where `r` is what rounding took from `x -
/// m`. Without it the quotient would lose digits that the written one has: for `float32` and `d` near
/// -85, 22 units in the last place.
///
/// `m` is the shift that `StabilizeLogSumExp` makes, which has to come before: each form is looked for
/// in what became of the one it was made from.
package struct StabilizeSoftmax: Pass {
  package let name = "stabilize-softmax"

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    guard graph.hasSums else { return graph }
    return graph.rebuilt(&trace) { result, equation, trace in
      let (op, origins) = ((equation.operation as? Elementwise)?.op, equation.origins)
      switch op {
      case .div?, .mul?:
        if let found = result.softmax(isQuotient: op == .div, equation.operands),
          !result.isShifted(found.x)
        {
          trace.fire("stabilize-softmax/shift")
          return result.appendSoftmax(found, origins)
        }
      case .log?:
        if let value = result.appendLogSoftmax(of: equation.operands[0], origins) {
          trace.fire("stabilize-softmax/log-of-softmax")
          return value
        }
      case .sub?:
        if let found = result.differenceToLogSumExp(equation.operands) {
          trace.fire("stabilize-softmax/sub-log-sum-exp")
          return result.appendElementwise(.sub, [found.x, found.logarithm], origins)
        }
      case .exp?:
        if let found = result.logSoftmax(equation.operands[0]) {
          trace.fire("stabilize-softmax/exp-of-log-softmax")
          return result.appendElementwise(.div, [found.exponential, found.sum], origins)
        }
      default: break
      }
      return result.append(equation)
    }
  }
}

/// A sum of exponentials that broadcasts back along the axes it was taken over.
struct ExponentialSum {
  /// The value that the exponential is taken of, the exponential, its sum.
  let x: Int, exponential: Int, sum: Int
  let reduce: Reduce
}

extension Graph {
  /// Whether anything is summed.
  var hasSums: Bool {
    equations.contains {
      if case .reduce(.sum, _, _, _) = $0.operation.lowering { true } else { false }
    }
  }

  /// The sum of the exponential of something, if `value` is one.
  private func exponentialSum(_ value: Int) -> ExponentialSum? {
    guard let reduce = equations[value].operation as? Reduce, reduce.reduction == .sum,
      reduce.accumulator.isFloating, reduce.dtype.isFloating
    else { return nil }
    let exponential = equations[value].operands[0]
    guard let x = exponent(of: exponential),
      reduce.broadcastsBack(rank: equations[exponential].type.rank)
    else { return nil }
    return ExponentialSum(x: x, exponential: exponential, sum: value, reduce: reduce)
  }

  /// The value whose exponential `value` is, whether or not it makes up for the rounding of a shift.
  private func exponent(of value: Int) -> Int? {
    if op(value) == .exp { return equations[value].operands[0] }
    guard op(value) == .mul else { return nil }
    let (exponential, factor) = (equations[value].operands[0], equations[value].operands[1])
    guard op(exponential) == .exp else { return nil }
    let difference = equations[exponential].operands[0]
    return makesUp(factor, for: difference) ? difference : nil
  }

  /// Whether a factor is the `1 + r` of a difference, as `appendExponential` makes it.
  private func makesUp(_ factor: Int, for difference: Int) -> Bool {
    guard op(factor) == .add, scalar(equations[factor].operands[1])?.asDouble == 1 else {
      return false
    }
    let remainder = equations[factor].operands[0]
    guard op(remainder) == .where else { return false }
    let isFinite = equations[remainder].operands[0]
    guard op(isFinite) == .lt else { return false }
    let magnitude = equations[isFinite].operands[0]
    return op(magnitude) == .abs && equations[magnitude].operands == [difference]
      && isShifted(difference)
  }

  /// Finds `exp(x) / sum(exp(x))`, or the product with the reciprocal.
  func softmax(isQuotient: Bool, _ operands: [Int]) -> ExponentialSum? {
    if isQuotient {
      let found = exponentialSum(operands[1])
      return found?.exponential == operands[0] ? found : nil
    }
    for (factor, other) in [(operands[0], operands[1]), (operands[1], operands[0])] {
      let inner = equations[other].operands
      let divisor: Int? =
        switch op(other) {
        case .reciprocal?: inner[0]
        case .div? where scalar(inner[0])?.asDouble == 1: inner[1]
        default: nil
        }
      if let divisor, let found = exponentialSum(divisor), found.exponential == factor {
        return found
      }
    }
    return nil
  }

  /// Adds the quotient with a shift taken from `x` first.
  fileprivate mutating func appendSoftmax(_ found: ExponentialSum, _ origins: [Origin]) -> Int {
    let shift = appendShift(
      of: found.x, axes: found.reduce.axes, keepDims: found.reduce.keepDims, origins)
    let exponential = appendExponential(of: found.x, shiftedBy: shift, origins)
    let sum = append(found.reduce, [exponential], origins)
    return appendElementwise(.div, [exponential, sum], origins)
  }

  /// Adds `exp(d) * (1 + r)` with `d = x - shift`, rounded, and `r` what rounding took: the error of
  /// a sum as Knuth computes it (The Art of Computer Programming, volume 2, section 4.2.2).
  private mutating func appendExponential(
    of x: Int, shiftedBy shift: Int, _ origins: [Origin]
  ) -> Int {
    let dtype = equations[x].type.dtype
    let difference = appendElementwise(.sub, [x, shift], origins)
    let ownShift = appendElementwise(.sub, [difference, x], origins)
    let ownX = appendElementwise(.sub, [difference, ownShift], origins)
    let lostOfX = appendElementwise(.sub, [x, ownX], origins)
    let lostOfShift = appendElementwise(.add, [shift, ownShift], origins)
    let lost = appendElementwise(.sub, [lostOfX, lostOfShift], origins)
    // Nothing is lost of an infinite difference, but the error would be NaN.
    let magnitude = appendElementwise(.abs, [difference], origins)
    let infinity = append(Equation(scalar: .float(.infinity, dtype), origins: origins))
    let zero = append(Equation(scalar: .zero(dtype), origins: origins))
    let isFinite = appendElementwise(.lt, [magnitude, infinity], origins)
    let remainder = appendElementwise(.where, [isFinite, lost, zero], origins)
    let exponential = appendElementwise(.exp, [difference], origins)
    let one = append(Equation(scalar: .one(dtype), origins: origins))
    let factor = appendElementwise(.add, [remainder, one], origins)
    return appendElementwise(.mul, [exponential, factor], origins)
  }

  /// Adds `d - log(sum(exp(d)))` if a value, seen through views, is `exp(d) / sum(exp(d))`.
  fileprivate mutating func appendLogSoftmax(of value: Int, _ origins: [Origin]) -> Int? {
    var (value, views): (Int, [any Operation]) = (value, [])
    while case .view = equations[value].operation.lowering {
      views.append(equations[value].operation)
      value = equations[value].operands[0]
    }
    guard op(value) == .div, let found = softmax(isQuotient: true, equations[value].operands) else {
      return nil
    }
    let logarithm = appendElementwise(.log, [found.sum], origins)
    var result = appendElementwise(.sub, [found.x, logarithm], origins)
    for view in views.reversed() { result = append(view, [result], origins) }
    return result
  }

  /// Finds `x - (log(sum(exp(x - m))) + m)`.
  fileprivate func differenceToLogSumExp(_ operands: [Int]) -> (x: Int, logarithm: Int)? {
    var value = operands[1]
    if let outer = equations[value].operation as? ExpandDims {
      guard let inner = equations[equations[value].operands[0]].operation as? Squeeze,
        inner.axes == outer.axes
      else { return nil }
      value = equations[equations[value].operands[0]].operands[0]
    } else if let squeeze = equations[value].operation as? Squeeze {
      guard squeeze.axes == Array(squeeze.axes.indices) else { return nil }
      value = equations[value].operands[0]
    }
    guard op(value) == .add else { return nil }
    let terms = equations[value].operands
    for (logarithm, shift) in [(terms[0], terms[1]), (terms[1], terms[0])] {
      guard op(logarithm) == .log,
        let found = exponentialSum(equations[logarithm].operands[0]), op(found.x) == .sub,
        equations[found.x].operands == [operands[0], shift], isShifted(found.x)
      else { continue }
      return (found.x, logarithm)
    }
    return nil
  }

  /// Finds `d - log(sum(exp(d)))`.
  fileprivate func logSoftmax(_ value: Int) -> ExponentialSum? {
    guard op(value) == .sub else { return nil }
    let terms = equations[value].operands
    guard op(terms[1]) == .log, let found = exponentialSum(equations[terms[1]].operands[0]),
      found.x == terms[0]
    else { return nil }
    return found
  }
}

extension Reduce {
  /// Whether the result stands, beside an operand of this rank, for the elements that it was made of.
  func broadcastsBack(rank: Int) -> Bool {
    keepDims || axes == Array(0..<axes.count) && axes.count <= rank
  }
}
