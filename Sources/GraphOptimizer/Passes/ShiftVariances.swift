import Arrays
import Scalars
package import SymbolicGraph

/// Computes `sum(square(x - mean(x)))` of `float32`, and means of the same elements, in one pass over `x`.
///
/// The mean has to be complete before the first square, so that `x` is walked through twice. For any `c`, with
/// `d = x - c` the same is `sum(square(d)) - square(sum(d)) / n`, whose two sums need one pass. Here `c` is the
/// first element, or 0 where that is not finite. Where `x` lies in memory, `sum(x) - n * c` stands for `sum(d)`, which
/// gives the mean as well; of what is computed, a sum may be of other numbers than the squares: products are summed
/// before they are rounded.
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
        return result.appendWideMean(equation, &trace)
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
// Let m be the mean of n elements and v their variance, and c one of them, so that square(c - m) <= n v. The sum
// of squares that is subtracted from, n (v + square(c - m)), is at most n + 1 times the result: the subtraction
// multiplies its relative error by that at worst, and by about 2 where c is an element like the others.
// Differences and sums are float64, whose unit u is 2⁻²⁹ of float32's.
//
// What is subtracted is square(s) / n with s = sum(d), or s = sum(x) - n c. As for the latter, where all elements
// are of one sign and within a factor of two of m, their sum is exact up to 2²⁷ of them, and so is n c: float32 has
// 29 digits fewer. Otherwise some element is m / 2 or more away from m, so that square(m) <= 4 n v: sums of n such
// elements, whose error is some k u of n (|m| + sqrt(n v)), leave an error of some k u n times n v in the result,
// like the squares above.
//
// This takes n exactly; a count that is rounded to float32 would be off by up to n times too much.
//
// Without a shift the factor would be square(m) / v, which nothing bounds; and for float64 elements
// there are no wider sums, which is why those are left alone. The mean comes of the sum of the elements
// themselves: that of differences would have an error of c's size, should c be far from all the others.

extension Graph {
  /// Adds what a sum of squared differences is, in sums of differences from the first element.
  fileprivate mutating func appendShifted(
    _ sum: Reduce, _ equation: Equation, meanIsOperand place: Int, count: Int
  ) -> Int {
    let square = equations[equation.operands[0]], difference = equations[square.operands[0]]
    let origins = [square, difference].reduce(equation.origins) {
      Origin.joined($0, $1.origins)
    }
    let x = difference.operands[1 - place]
    let deviation = appendDeviation(of: x, along: sum.axes, origins)
    let squares = append(
      sum.widened, [appendElementwise(.square, [deviation], origins)], origins)
    let n = appendExactCount(count, origins)
    var total = append(sum.widened, [isStored(x) ? x : deviation], origins)
    if isStored(x) {
      let shift = appendShift(of: x, along: sum.axes, keepDims: sum.keepDims, origins)
      total = appendElementwise(
        .sub, [total, appendElementwise(.mul, [shift, n], origins)], origins)
    }
    // The sum of no squares is 0.
    let one = append(Equation(scalar: .one(.float64), origins: origins))
    let excess = appendElementwise(
      .div,
      [
        appendElementwise(.square, [total], origins),
        appendElementwise(.maximum, [n, one], origins),
      ], origins)
    let result = appendElementwise(.sub, [squares, excess], origins)
    // Rounding might leave less than nothing of very many elements, which has no square root.
    let zero = append(Equation(scalar: .zero(.float64), origins: origins))
    return cast(appendElementwise(.maximum, [result, zero], origins), to: sum.dtype, origins)
  }

  /// Whether a value's elements lie in memory.
  private func isStored(_ value: Int) -> Bool {
    var value = value
    while case .view = equations[value].operation.lowering { value = equations[value].operands[0] }
    return switch equations[value].operation.lowering {
    case .input, .constant, .matmul: true
    case .elementwise, .extent, .reduce, .view, .concatenate: false
    }
  }

  /// Adds what a quotient is that is a mean, in the `float64` sum that the variance takes too.
  fileprivate mutating func appendWideMean(_ equation: Equation, _ trace: inout Trace) -> Int {
    let total = equations[equation.operands[0]]
    guard let sum = total.operation as? Reduce, sum.dtype != .float64 else {
      return append(equation)
    }
    trace.fire("shift-variances/mean")
    let origins = Origin.joined(equation.origins, total.origins)
    let mean = appendElementwise(
      .div,
      [
        append(sum.widened, total.operands, origins),
        appendExactCount(equation.operands[1], origins),
      ], origins)
    return cast(mean, to: equation.type.dtype, origins)
  }

  /// Adds a product of lengths in `float64`, though a value may have it rounded.
  private mutating func appendExactCount(_ count: Int, _ origins: [Origin]) -> Int {
    var (lengths, pending, isExact): ([Int], [Int], Bool) = ([], [count], true)
    while let value = pending.popLast() {
      let equation = equations[value]
      switch equation.operation.lowering {
      case .elementwise:
        isExact = isExact && equation.type.dtype != .float32
        pending += equation.operands
      default: lengths.append(value)
      }
    }
    if isExact { return cast(count, to: .float64, origins) }
    return lengths.dropFirst().reduce(cast(lengths[0], to: .float64, origins)) {
      appendElementwise(.mul, [$0, cast($1, to: .float64, origins)], origins)
    }
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
