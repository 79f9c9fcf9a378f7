import Arrays
import Scalars
package import SymbolicGraph

/// Gives reductions fewer or plainer operands: a reduction of a reduction is one over all their axes,
/// one of a negation is negated, one of integers that were bools counts those, and views before and behind
/// are part of it.
///
/// Values stay but for the order of floating sums, which the language leaves open.
package struct SimplifyReductions: Pass {
  package let name = "simplify-reductions"

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    guard graph.equations.contains(where: { $0.operation is Reduce }) else { return graph }
    let uses = graph.useCounts, elementwise = ElementwiseUses(graph, counts: uses)
    /// Which values of the new graph nothing else uses.
    var isSingle: [Int: Bool] = [:]
    return graph.rebuilt(&trace) { result, equation, number, trace in
      let step =
        result.keepingDims(equation, isSingle) { elementwise.mayFuse(number, with: $0) }
        ?? result.joined(equation, isSingle)
        ?? result.negated(equation) ?? result.counted(equation)
      let value: Int
      if let step {
        trace.fire("simplify-reductions/\(step.rule)")
        value = step.value
      } else {
        value = result.append(equation)
      }
      isSingle[value] = uses[number] == 1
      return value
    }
  }
}

/// Which elementwise operations use the values of a graph.
private struct ElementwiseUses {
  private let graph: Graph
  private var users: [[Int]]
  private let counts: [Int]

  /// The operations that are looked at for one reduction.
  private static let mostUses = 64

  /// - Parameter counts: How often each value is used.
  init(_ graph: Graph, counts: [Int]) {
    (self.graph, self.counts) = (graph, counts)
    users = Array(repeating: [], count: graph.equations.count)
    for (number, equation) in graph.equations.enumerated() where equation.operation is Elementwise {
      for operand in equation.operands { users[operand].append(number) }
    }
  }

  /// Whether what uses the result of a reduction may be computed in one kernel with it: nothing but
  /// elementwise operations, of which one has the shape of the reduction's operand, or all have that of the
  /// result. Of long chains that is not known: each of many reductions would walk along the whole of one.
  func mayFuse(_ value: Int, with operand: [Extent]) -> Bool {
    guard !users[value].isEmpty, users[value].count == counts[value] else { return false }
    let shape = graph.equations[value].type.shape
    var (open, seen, hasOthers) = ([value], Set([value]), false)
    while let next = open.popLast() {
      guard seen.count <= Self.mostUses else { return false }
      for user in users[next] where seen.insert(user).inserted {
        let used = graph.equations[user].type.shape
        if used == operand { return true }
        if used == shape { open.append(user) } else { hasOthers = true }
      }
    }
    return !hasOthers
  }
}

extension Graph {
  fileprivate typealias Step = (rule: String, value: Int)

  private func reduce(_ value: Int) -> Reduce? { equations[value].operation as? Reduce }

  /// A new axis where a reduction dropped one, or the other way round, is the reduction that does so.
  ///
  /// Where that has other uses, there are two reductions then of one operand, which one kernel computes as one:
  /// so only if it can compute what uses the new one as well, by what `mayFuse` says of the operand's shape.
  fileprivate mutating func keepingDims(
    _ equation: Equation, _ isSingle: [Int: Bool], mayFuse: ([Extent]) -> Bool
  ) -> Step? {
    guard let operand = equation.operands.first, let reduce = reduce(operand) else { return nil }
    let keepDims: Bool
    switch equation.operation {
    case let view as ExpandDims where !reduce.keepDims && view.axes == reduce.axes: keepDims = true
    case let view as Squeeze where reduce.keepDims && view.axes == reduce.axes: keepDims = false
    default: return nil
    }
    guard isSingle[operand] == true || mayFuse(equations[equations[operand].operands[0]].type.shape)
    else { return nil }
    let origins = Origin.joined(equation.origins, equations[operand].origins)
    let both = reduce.with(axes: reduce.axes, keepDims: keepDims)
    return ("keep-axes", append(both, equations[operand].operands, origins))
  }

  /// A reduction of the same reduction, of a transpose, or of all elements of other views.
  fileprivate mutating func joined(_ equation: Equation, _ isSingle: [Int: Bool]) -> Step? {
    guard let outer = equation.operation as? Reduce else { return nil }
    let operand = equation.operands[0], inner = equations[operand]
    let origins = Origin.joined(equation.origins, inner.origins)
    if let reduce = inner.operation as? Reduce {
      guard isSingle[operand] == true, outer.continues(reduce) else { return nil }
      let axes = (reduce.axes + outer.axes.map { reduce.operandAxis($0) }).sorted()
      let both = outer.with(axes: axes, keepDims: outer.keepDims)
      guard accepts(both, inner.operands) else { return nil }
      return ("reduce-of-reduce", append(both, inner.operands, origins))
    }
    guard case .view(let view) = inner.operation.lowering else { return nil }
    let isFull = outer.axes.count == inner.type.rank && !outer.keepDims
    switch view {
    case .transpose(let permutation):
      // The position in another order of axes is another one.
      guard !outer.reduction.isPosition || outer.axes.count <= 1 else { return nil }
      let axes = outer.axes.map { permutation[$0] }.sorted()
      let kept = permutation.filter { !axes.contains($0) }
      guard kept == kept.sorted(), !outer.keepDims else { return nil }
      return (
        "reduce-of-transpose",
        append(outer.with(axes: axes, keepDims: false), inner.operands, origins)
      )
    case .reshape where isFull, .expandDims where isFull, .squeeze where isFull:
      let rank = equations[inner.operands[0]].type.rank
      let all = outer.with(axes: Array(0..<rank), keepDims: false)
      // Of no elements there is no greatest, whatever the other lengths are.
      guard rank > 0, accepts(all, inner.operands) else { return nil }
      return ("reduce-of-view", append(all, inner.operands, origins))
    case .reshape, .expandDims, .squeeze, .broadcast, .slice, .first: return nil
    }
  }

  /// The sum of what is negated is negated; its greatest element is the least one, negated.
  fileprivate mutating func negated(_ equation: Equation) -> Step? {
    guard let reduce = equation.operation as? Reduce, op(equation.operands[0]) == .neg else {
      return nil
    }
    let inner = equations[equation.operands[0]]
    // Integers wrap, and before they are widened; the negative of their least number is itself.
    let isExact =
      inner.type.dtype.isFloating && reduce.accumulator.isFloating && reduce.dtype.isFloating
    let isPosition = reduce.reduction.isPosition && inner.type.dtype.isFloating
    guard isExact || isPosition, let opposite = reduce.reduction.ofNegatives else { return nil }
    let origins = Origin.joined(equation.origins, inner.origins)
    let value = append(reduce.with(opposite), inner.operands, origins)
    return (
      "reduce-of-neg", isPosition ? value : appendElementwise(.neg, [value], origins)
    )
  }

  /// The sum of bools as integers is how many are true. As floats they stay: whoever looks for means and
  /// variances looks for their sums.
  fileprivate mutating func counted(_ equation: Equation) -> Step? {
    guard let reduce = equation.operation as? Reduce, reduce.reduction == .sum,
      reduce.accumulator.isInteger, op(equation.operands[0]) == .cast
    else { return nil }
    let inner = equations[equation.operands[0]]
    guard inner.operands.allSatisfy({ equations[$0].type.dtype == .bool }) else { return nil }
    let origins = Origin.joined(equation.origins, inner.origins)
    return ("sum-of-bools", append(reduce, inner.operands, origins))
  }
}

extension Reduce {
  /// The same with other axes.
  fileprivate func with(axes: [Int], keepDims: Bool) -> Reduce {
    Reduce(
      reduction, axes: axes, keepDims: keepDims, accumulator: accumulator, dtype: dtype,
      allowsEmpty: allowsEmpty)
  }

  /// The same axes reduced otherwise.
  fileprivate func with(_ reduction: Reduction) -> Reduce {
    Reduce(
      reduction, axes: axes, keepDims: keepDims, accumulator: accumulator, dtype: dtype,
      allowsEmpty: allowsEmpty)
  }

  /// The axis of the operand that an axis of the result is.
  fileprivate func operandAxis(_ axis: Int) -> Int {
    if keepDims { return axis }
    return axes.reduce(axis) { $1 <= $0 ? $0 + 1 : $0 }
  }

  /// Whether this reduction of the result of `inner` is one of all axes.
  ///
  /// The value between has to hold what is accumulated. With axes kept at length 1, the outer axes
  /// must not be among them.
  fileprivate func continues(_ inner: Reduce) -> Bool {
    guard reduction == inner.reduction, !reduction.isPosition, keepDims == inner.keepDims,
      allowsEmpty == inner.allowsEmpty, !keepDims || Set(axes).isDisjoint(with: inner.axes),
      accumulator == inner.accumulator
    else { return false }
    switch reduction {
    case .sum, .prod:
      return inner.dtype == accumulator
        || accumulator.isFloating && dtype.isFloating && inner.dtype == dtype
    case .min, .max, .any, .all: return inner.dtype == accumulator
    case .argmin, .argmax: return false
    }
  }
}

extension Reduction {
  /// The reduction whose result, negated, is that of negated elements; for a position, not negated.
  fileprivate var ofNegatives: Reduction? {
    switch self {
    case .sum: .sum
    case .min: .max
    case .max: .min
    case .argmin: .argmax
    case .argmax: .argmin
    case .prod, .any, .all: nil
    }
  }
}
