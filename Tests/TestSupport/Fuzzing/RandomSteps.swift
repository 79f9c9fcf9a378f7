import Arrays
import Scalars
import SymbolicGraph

// Which operation comes next, and with which attributes.
extension RandomGraphBuilder {
  /// Adds a random step, or none where what was drawn does not fit.
  mutating func addStep() {
    typealias Draw = (inout Self) -> Void
    let draw: Draw = dice.pick(weighted: [
      (44, { $0.addElementwise() }),
      (6, { $0.addCast() }),
      (15, { $0.addReduction() }),
      (18, { $0.addView() }),
      (4, { $0.addConcatenation() }),
      (3, { $0.addPadding() }),
      (5, { $0.addProduct() }),
      (3, { $0.addLength() }),
      (2, { builder in _ = builder.add(.constant(builder.sampleArray())) }),
      (10, { $0.addFormula() }),
    ])
    draw(&self)
  }

  private mutating func addElementwise() {
    let favoured = [ScalarOp.where, .mul, .pow, .and, .or]
    let op = dice.pick(ScalarOp.allCases.filter { Spelling.of($0) != nil } + favoured)
    let isLogical = if case .logical = op.definition.signature { true } else { false }
    guard let first = value(where: { !isLogical || !$0.dtype.isFloating }) else { return }
    var operands: [Recipe.Operand] = [.value(first)]
    while operands.count < op.definition.signature.arity {
      guard let operand = operand(beside: first, for: op) else { return }
      operands.append(operand)
    }
    if op == .where {
      guard let condition = condition(beside: first) else { return }
      operands = [.value(condition)] + operands.dropLast()
    }
    if operands.count == 2, dice.chance(0.3) { operands.swapAt(0, 1) }
    _ = add(.scalar(op), operands)
  }

  /// Returns a value of bools, compared for the purpose where there is none.
  private mutating func condition(beside other: Int) -> Int? {
    if dice.chance(0.5), let found = value(beside: other, where: { $0.dtype == .bool }) {
      return found
    }
    guard let compared = value(beside: other) else { return nil }
    let comparison = dice.pick([ScalarOp.lt, .le, .gt, .ge, .eq, .ne])
    return add(.scalar(comparison), [.value(compared), .literal(literal())])
  }

  private mutating func operand(beside other: Int, for op: ScalarOp) -> Recipe.Operand? {
    if dice.chance(op == .pow ? 0.7 : 0.3) { return .literal(literal()) }
    if dice.chance(0.08) { return .value(other) }
    return value(beside: other).map { .value($0) }
  }

  private mutating func literal() -> Scalar {
    if dice.chance(0.03) { return Scalar(dice.chance(0.5)) }
    return dice.chance(0.6)
      ? Scalar(dice.pick([0, 1, 1, 2, 2, 3, 4, 5, 7, -1, -2]))
      : Scalar(dice.pick([0.0, 0.5, 1, 2, 2.5, 0.25, -0.5, -1, 3.75, 0.1]))
  }

  private mutating func addCast() {
    guard let x = value() else { return }
    let floats = [(4, DType.float32), (3, .float64)]
    let dtype = dice.pick(weighted: floats + DType.allCases.map { (1, $0) })
    _ = add(.cast(dtype), [.value(x)])
  }

  private mutating func addReduction() {
    guard let x = value(where: { $0.rank > 0 }) ?? value() else { return }
    let axes = someAxes(rank: types[x].rank)
    let keepDims = dice.chance(0.35)
    if dice.chance(0.12) {
      _ = add(.mean(axes: axes, keepDims: keepDims), [.value(x)])
      return
    }
    let reduction = dice.pick(weighted: [(4, Reduction.sum)] + Reduction.allCases.map { (1, $0) })
    var (dtype, accumulator): (DType?, DType?)
    if reduction == .sum || reduction == .prod {
      if dice.chance(0.2) { dtype = dice.pick(DType.allCases) }
      if dice.chance(0.15) { accumulator = dice.pick(DType.allCases) }
    }
    _ = add(
      .reduce(reduction, axes: axes, keepDims: keepDims, dtype: dtype, accumulator: accumulator),
      [.value(x)])
  }

  /// Any set of axes in any order, some counted from the end; nil for all.
  mutating func someAxes(rank: Int) -> [Int]? {
    if dice.chance(0.3) { return nil }
    let count = rank == 0 || dice.chance(0.03) ? 0 : dice.number(1...rank)
    let axes = dice.shuffled(Array(0..<rank)).prefix(count)
    return axes.map { dice.chance(0.3) ? $0 - rank : $0 }
  }

  private mutating func addConcatenation() {
    guard let first = value(where: { $0.rank > 0 }) else { return }
    let (rank, shape) = (types[first].rank, shape(first))
    let axis = dice.number(0...(rank - 1))
    var parts = [first]
    for _ in 0..<dice.number(0...2) {
      let other = value { type in
        guard type.rank == rank, let lengths = type.concreteShape else { return false }
        return lengths.indices.allSatisfy { $0 == axis || lengths[$0] == shape[$0] }
      }
      parts.append(other ?? first)
    }
    _ = add(.concatenate(axis: dice.chance(0.3) ? axis - rank : axis), parts.map { .value($0) })
  }

  private mutating func addPadding() {
    guard let x = value(where: { $0.rank <= 3 }) else { return }
    let widths = shape(x).map { _ in [dice.pick([0, 0, 1, 2]), dice.pick([0, 0, 1, 3])] }
    _ = add(.pad(widths, constant: dice.pick([0, 0, 1])), [.value(x)])
  }

  private mutating func addProduct() {
    guard let a = value(where: { (1...2).contains($0.rank) }) else { return }
    let length = shape(a).last
    let fit = value { (1...2).contains($0.rank) && $0.concreteShape?.first == length }
    if let b = fit {
      // Products of integers spell out every pair of elements.
      let work = shape(a).reduce(1, *) * shape(b).dropFirst().reduce(1, *)
      if work <= (isLarge ? 300_000 : 6_000) {
        _ = add(dice.chance(0.7) ? .matmul : .dot, [.value(a), .value(b)])
      }
    } else if types[a].rank == 2, let turned = add(.transpose(nil), [.value(a)]) {
      let work = shape(a).reduce(1, *) * shape(a)[0]
      if work <= 6_000 { _ = add(.matmul, [.value(a), .value(turned)]) }
    }
  }

  private mutating func addLength() {
    guard let x = value(where: { $0.rank > 0 }) else { return }
    let axis = dice.number(-types[x].rank...(types[x].rank - 1))
    _ = add(dice.chance(0.5) ? .dim(axis) : .count, [.value(x)])
  }
}
