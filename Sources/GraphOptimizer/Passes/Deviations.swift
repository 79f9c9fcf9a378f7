import Arrays
import Scalars
import SymbolicGraph

/// The sums of squared differences from a mean in a graph, and the means of the same elements.
struct SquaredDeviations {
  /// The sums, each with the mean's quotient and its place among the operands of the difference.
  fileprivate(set) var sums: [Int: (mean: Int, place: Int)] = [:]
  /// The quotients of those means, and of others that only have other axes of length 1.
  fileprivate(set) var means: Set<Int> = []
}

extension Graph {
  /// The sums of squared differences from a mean along the same axes.
  func squaredDeviations() -> SquaredDeviations {
    var found = SquaredDeviations()
    let candidates = equations.indices.filter { deviations(summedBy: $0) != nil }
    if candidates.isEmpty { return found }
    let shapes = SymbolicShapes(self)
    for number in candidates {
      guard let (sum, terms) = deviations(summedBy: number) else { continue }
      for place in [0, 1] {
        let x = terms[1 - place]
        guard let mean = mean(terms[place], of: x, along: sum.axes, shapes), isBroadcast(mean),
          equations[x].type.dtype == .float32,
          elementwiseValues(under: x, atMost: Self.longest).count <= Self.longest
        else { continue }
        found.sums[number] = (mean, place)
      }
    }
    let summed = Set(found.sums.values.map { equations[$0.mean].operands[0] }.compactMap(summing))
    found.means = Set(
      equations.indices.filter { number in
        guard op(number) == .div, let sum = summing(equations[number].operands[0]) else {
          return false
        }
        return summed.contains(sum) && mean(number, of: sum.x, along: sum.axes, shapes) != nil
      })
    return found
  }

  /// What a reduction reduces.
  private struct Summing: Hashable {
    let x: Int
    let axes: [Int]
  }

  private func summing(_ value: Int) -> Summing? {
    (equations[value].operation as? Reduce).map {
      Summing(x: equations[value].operands[0], axes: $0.axes)
    }
  }

  /// The operations that computing the first element of an operand may take.
  private static let longest = 32

  /// The difference whose squares a value is a sum of.
  private func deviations(summedBy value: Int) -> (sum: Reduce, terms: [Int])? {
    guard let sum = equations[value].operation as? Reduce, sum.isWide else { return nil }
    let square = equations[value].operands[0]
    guard op(square) == .square else { return nil }
    let difference = equations[square].operands[0]
    return op(difference) == .sub ? (sum, equations[difference].operands) : nil
  }

  /// Whether the quotient that a mean is broadcasts back to what it is the mean of.
  private func isBroadcast(_ mean: Int) -> Bool {
    guard let sum = equations[equations[mean].operands[0]].operation as? Reduce else {
      return false
    }
    return sum.keepDims || sum.axes == Array(sum.axes.indices)
  }

  /// The quotient that a value is, rounded or not, if that is the mean of `x`.
  private func mean(
    _ value: Int, of x: Int, along axes: [Int], _ shapes: SymbolicShapes
  ) -> Int? {
    let quotient = op(value) == .cast ? equations[value].operands[0] : value
    guard op(quotient) == .div else { return nil }
    let (total, count) = (equations[quotient].operands[0], equations[quotient].operands[1])
    guard let sum = equations[total].operation as? Reduce, sum.isWide, sum.axes == axes,
      equations[total].operands == [x]
    else { return nil }
    var lengths = LengthProduct()
    for axis in axes { lengths.multiply(by: shapes.lengths[x][axis]) }
    return lengths == self.lengths(multipliedIn: count, shapes) ? quotient : nil
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

  /// The elementwise values that a value is made of, itself included; if there are more than `most`, some of them
  /// that are.
  func elementwiseValues(under value: Int, atMost most: Int = .max) -> Set<Int> {
    var (result, pending): (Set<Int>, [Int]) = ([], [value])
    while result.count <= most, let value = pending.popLast() {
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
