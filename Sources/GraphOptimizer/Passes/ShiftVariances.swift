import Arrays
import Scalars
package import SymbolicGraph

/// Computes `sum(square(x - mean(x)))` of `float32` in the pass over memory that computes the mean.
///
/// The mean has to be complete before the first square, so that `x` is read twice. With `d = x - c` for
/// any `c` the same is `sum(square(d)) - square(sum(d)) / n`, whose two sums need one pass. Here `c` is
/// the first element.
///
/// Rows are left alone: a row that stays in the cache between two loops costs less than wide sums.
package struct ShiftVariances: Pass {
  package let name = "shift-variances"

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    let counts = graph.sumsOfSquaredDeviations()
    if counts.isEmpty { return graph }
    return graph.rebuilt(&trace) { result, equation, number, trace in
      guard let operand = counts[number], let sum = equation.operation as? Reduce else {
        return result.append(equation)
      }
      trace.fire("shift-variances/shift")
      return result.appendShifted(sum, equation, meanIsOperand: operand)
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
  /// The sums of squared differences from a mean along the same axes, each with the place of the mean
  /// among the operands of the difference.
  fileprivate func sumsOfSquaredDeviations() -> [Int: Int] {
    let candidates = equations.indices.filter { deviations(summedBy: $0) != nil }
    if candidates.isEmpty { return [:] }
    let shapes = SymbolicShapes(self)
    var result: [Int: Int] = [:]
    for number in candidates {
      guard let (sum, terms) = deviations(summedBy: number) else { continue }
      result[number] = [1, 0].first { place in
        isMean(terms[place], of: terms[1 - place], along: sum.axes, shapes)
          && equations[terms[1 - place]].type.dtype == .float32
          && elementwiseValues(under: terms[1 - place]).count <= Self.longest
      }
    }
    return result
  }

  /// The operations that computing the first element of an operand may take.
  private static let longest = 32

  /// The difference whose squares a value is a sum of.
  private func deviations(summedBy value: Int) -> (sum: Reduce, terms: [Int])? {
    guard let sum = equations[value].operation as? Reduce, sum.isWide else { return nil }
    let square = equations[value].operands[0], rank = equations[square].type.rank
    let isRow = sum.axes.count < rank && sum.axes == Array((rank - sum.axes.count)..<rank)
    guard !isRow, op(square) == .square else { return nil }
    let difference = equations[square].operands[0]
    return op(difference) == .sub ? (sum, equations[difference].operands) : nil
  }

  /// Whether a value is the mean of `x` and broadcasts back to it.
  private func isMean(_ value: Int, of x: Int, along axes: [Int], _ shapes: SymbolicShapes) -> Bool
  {
    guard let (total, count) = quotient(value),
      let sum = equations[total].operation as? Reduce, sum.isWide, sum.axes == axes,
      equations[total].operands == [x], sum.keepDims || axes == Array(axes.indices)
    else { return false }
    var lengths = LengthProduct()
    for axis in axes { lengths.multiply(by: shapes.lengths[x][axis]) }
    return lengths == self.lengths(multipliedIn: count, shapes)
  }

  /// The terms of a quotient, whether or not it is rounded afterwards.
  private func quotient(_ value: Int) -> (dividend: Int, divisor: Int)? {
    let value = op(value) == .cast ? equations[value].operands[0] : value
    guard op(value) == .div else { return nil }
    return (equations[value].operands[0], equations[value].operands[1])
  }

  /// The lengths whose product a value is, if it is such a product.
  private func lengths(multipliedIn value: Int, _ shapes: SymbolicShapes) -> LengthProduct? {
    var (result, pending) = (LengthProduct(), [value])
    while let value = pending.popLast() {
      let equation = equations[value]
      switch equation.operation.lowering {
      case .elementwise(.mul): pending += equation.operands
      case .elementwise(.cast) where equation.type.dtype.isFloating: pending += equation.operands
      case .extent(let axis): result.multiply(by: shapes.lengths[equation.operands[0]][axis])
      case .constant:
        guard let number = scalar(value).flatMap({ Int(exactly: $0.asDouble) }) else { return nil }
        result.multiply(by: .fixed(number))
      case .elementwise, .input, .reduce, .view, .concatenate, .matmul: return nil
      }
    }
    return result
  }

  /// Adds what a sum of squared differences is, in sums of differences from the first element.
  fileprivate mutating func appendShifted(
    _ sum: Reduce, _ equation: Equation, meanIsOperand place: Int
  ) -> Int {
    let square = equations[equation.operands[0]], difference = equations[square.operands[0]]
    let origins = [square, difference].reduce(equation.origins) {
      Origin.joined($0, $1.origins)
    }
    let x = difference.operands[1 - place]
    guard let (_, count) = quotient(difference.operands[place]) else { return append(equation) }
    let shift = appendFirst(of: x, along: sum.axes, origins)
    let deviation = appendElementwise(
      .sub, [cast(x, to: .float64, origins), cast(shift, to: .float64, origins)], origins)
    let wide = Reduce(
      .sum, axes: sum.axes, keepDims: sum.keepDims, accumulator: .float64, dtype: .float64)
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

  /// Adds the first element of `x` along some axes, made from the first elements of what it is
  /// computed from: a view of `x` itself would have it written to memory.
  private mutating func appendFirst(of x: Int, along axes: [Int], _ origins: [Origin]) -> Int {
    let rank = equations[x].type.rank
    var firsts: [Int: Int] = [:]
    for value in elementwiseValues(under: x).sorted() {
      let operands = equations[value].operands.map {
        firsts[$0] ?? appendView(ofFirst: $0, along: axes, rank: rank, origins)
      }
      firsts[value] = append(equations[value].operation, operands, origins)
    }
    return firsts[x] ?? appendView(ofFirst: x, along: axes, rank: rank, origins)
  }

  /// Adds the view of what is first along those of the axes, counted in an operation of `rank`, that a
  /// value has and may have more than one element along.
  private mutating func appendView(
    ofFirst value: Int, along axes: [Int], rank: Int, _ origins: [Origin]
  ) -> Int {
    let shape = equations[value].type.shape
    let own = axes.map { $0 - rank + shape.count }.filter { $0 >= 0 && shape[$0] != .fixed(1) }
    return own.isEmpty ? value : append(First(axes: own), [value], origins)
  }

  /// The elementwise values that a value is made of, itself included.
  private func elementwiseValues(under value: Int) -> Set<Int> {
    var (result, pending): (Set<Int>, [Int]) = ([], [value])
    while let value = pending.popLast() {
      guard equations[value].operation is Elementwise, result.insert(value).inserted else {
        continue
      }
      pending += equations[value].operands
    }
    return result
  }
}

extension Reduce {
  /// Whether it is a sum of floats in `float64`.
  fileprivate var isWide: Bool {
    reduction == .sum && accumulator == .float64 && dtype.isFloating
  }
}

/// A product of lengths, some of them known.
private struct LengthProduct: Equatable {
  private var known = 1
  private var unknown: [SymbolicShapes.Length: Int] = [:]

  mutating func multiply(by length: SymbolicShapes.Length) {
    if case .fixed(let number) = length {
      known = known.multipliedReportingOverflow(by: number).partialValue
    } else {
      unknown[length, default: 0] += 1
    }
  }
}
