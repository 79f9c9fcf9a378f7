import Arrays
import Scalars
package import SymbolicGraph

/// Computes `sum(square(x - mean(x)))` of `float32`, and means of the same elements, in one pass over `x`.
///
/// The mean has to be complete before the first square, so that `x` is walked through twice. With
/// `d = x - c` for any `c` the same is `sum(square(d)) - square(sum(d)) / n`, whose two sums need one pass,
/// and the mean is `c + sum(d) / n`. Here `c` is the first element, or 0 where that is not finite.
package struct ShiftVariances: Pass {
  package let name = "shift-variances"

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    let found = graph.squaredDeviations()
    if found.sums.isEmpty { return graph }
    // What each mean divides by, in the new graph.
    var counts: [Int: Int] = [:]
    return graph.rebuilt(&trace) { result, equation, number, trace in
      if found.means.contains(number) {
        counts[number] = equation.operands[1]
        trace.fire("shift-variances/mean")
        return result.appendShiftedMean(equation)
      }
      guard let (mean, place) = found.sums[number], let count = counts[mean],
        let sum = equation.operation as? Reduce
      else { return result.append(equation) }
      trace.fire("shift-variances/shift")
      return result.appendShifted(sum, equation, meanIsOperand: place, count: count)
    }
  }
}

// Note: [The rounding of shifted sums]
//
// Let v be the variance of n elements, m their mean. If c is one of them, square(c - m) <= n v, so that
// the sum of squares that is subtracted from, n (v + square(c - m)), is at most n + 1 times the result:
// the subtraction multiplies the relative error of the sums by that at worst, and by about 2 where c is
// an element like the others. Differences and sums are float64, whose unit is 2⁻²⁹ of float32's.
// Without a shift the factor would be square(m) / v, which nothing bounds; and for float64 elements
// there are no wider sums, which is why those are left alone.

extension Graph {
  /// Adds what a sum of squared differences is, in sums of differences from the first element.
  fileprivate mutating func appendShifted(
    _ sum: Reduce, _ equation: Equation, meanIsOperand place: Int, count: Int
  ) -> Int {
    let square = equations[equation.operands[0]], difference = equations[square.operands[0]]
    let origins = [square, difference].reduce(equation.origins) {
      Origin.joined($0, $1.origins)
    }
    let deviation = appendDeviation(of: difference.operands[1 - place], along: sum.axes, origins)
    let wide = sum.widened
    let total = append(wide, [deviation], origins)
    let squares = append(wide, [appendElementwise(.square, [deviation], origins)], origins)
    // The sum of no squares is 0.
    let one = append(Equation(scalar: .one(.float64), origins: origins))
    let divisor = appendElementwise(.maximum, [cast(count, to: .float64, origins), one], origins)
    let excess = appendElementwise(
      .div, [appendElementwise(.square, [total], origins), divisor], origins)
    let result = appendElementwise(.sub, [squares, excess], origins)
    // Rounding might leave less than nothing of very many elements, which has no square root.
    let zero = append(Equation(scalar: .zero(.float64), origins: origins))
    return cast(appendElementwise(.maximum, [result, zero], origins), to: sum.dtype, origins)
  }

  /// Adds what a quotient is that is a mean, in the sum of differences from the first element.
  fileprivate mutating func appendShiftedMean(_ equation: Equation) -> Int {
    let (total, count) = (equations[equation.operands[0]], equation.operands[1])
    guard let sum = total.operation as? Reduce else { return append(equation) }
    let (x, origins) = (total.operands[0], Origin.joined(equation.origins, total.origins))
    let deviation = appendDeviation(of: x, along: sum.axes, origins)
    let rest = appendElementwise(
      .div,
      [append(sum.widened, [deviation], origins), cast(count, to: .float64, origins)], origins)
    let shift = appendShift(of: x, along: sum.axes, keepDims: sum.keepDims, origins)
    return cast(
      appendElementwise(.add, [shift, rest], origins), to: equation.type.dtype, origins)
  }

  /// Adds what the elements of `x` differ from the first one along some axes by.
  private mutating func appendDeviation(of x: Int, along axes: [Int], _ origins: [Origin]) -> Int {
    let shift = appendShift(of: x, along: axes, keepDims: true, origins)
    return appendElementwise(.sub, [cast(x, to: .float64, origins), shift], origins)
  }

  /// Adds the first element of `x` along some axes, or 0 where that is not finite.
  private mutating func appendShift(
    of x: Int, along axes: [Int], keepDims: Bool, _ origins: [Origin]
  ) -> Int {
    let first = appendFirst(of: x, along: axes, keepDims: keepDims, origins)
    let infinity = append(Equation(scalar: Scalar(Float.infinity), origins: origins))
    let zero = append(Equation(scalar: .zero(.float32), origins: origins))
    let isFinite = appendElementwise(
      .lt, [appendElementwise(.abs, [first], origins), infinity], origins)
    return cast(
      appendElementwise(.where, [isFinite, first, zero], origins), to: .float64, origins)
  }

  /// Adds the first element of `x` along some axes, made from the first elements of what it is
  /// computed from: a view of `x` itself would have it written to memory.
  private mutating func appendFirst(
    of x: Int, along axes: [Int], keepDims: Bool, _ origins: [Origin]
  ) -> Int {
    let rank = equations[x].type.rank
    var firsts: [Int: Int] = [:]
    func first(_ value: Int) -> Int {
      firsts[value]
        ?? appendView(ofFirst: value, along: axes, rank: rank, keepDims: keepDims, origins)
    }
    for value in elementwiseValues(under: x).sorted() {
      let operands = equations[value].operands.map(first)
      firsts[value] = append(equations[value].operation, operands, origins)
    }
    return first(x)
  }

  /// Adds the view of what is first along those of the axes, counted in an operation of `rank`, that a
  /// value has.
  private mutating func appendView(
    ofFirst value: Int, along axes: [Int], rank: Int, keepDims: Bool, _ origins: [Origin]
  ) -> Int {
    let shape = equations[value].type.shape
    let own = axes.map { $0 - rank + shape.count }.filter { $0 >= 0 }
    let long = own.filter { shape[$0] != .fixed(1) }
    let first = long.isEmpty ? value : append(First(axes: long), [value], origins)
    return keepDims || own.isEmpty ? first : append(Squeeze(axes: own), [first], origins)
  }
}

extension Reduce {
  /// The sum along the same axes that stays `float64`.
  fileprivate var widened: Reduce {
    Reduce(.sum, axes: axes, keepDims: keepDims, accumulator: .float64, dtype: .float64)
  }
}
