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
      (5, { $0.addProduct() }),
      (3, { $0.addLength() }),
      (2, { builder in _ = builder.add(.constant(builder.sampleArray())) }),
      (10, { $0.addFormula() }),
    ])
    draw(&self)
  }

  private mutating func addElementwise() {
    let op = dice.pick(ScalarOp.allCases.filter { Spelling.of($0) != nil } + [.where, .mul, .pow, .and, .or])
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
    let dtype = dice.pick(weighted: [(4, DType.float32), (3, .float64)] + DType.allCases.map { (1, $0) })
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
  private mutating func someAxes(rank: Int) -> [Int]? {
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

// MARK: - Views

extension RandomGraphBuilder {
  private mutating func addView() {
    guard let x = value() else { return }
    let (rank, shape) = (types[x].rank, shape(x))
    let form: Form
    switch dice.number(0...9) {
    case 0...1:
      let axes = dice.shuffled(Array(0..<rank)).map { dice.chance(0.2) ? $0 - rank : $0 }
      form = .transpose(dice.chance(0.4) ? nil : axes)
    case 2...3: form = .reshape(anotherShape(of: shape))
    case 4 where rank < 4: form = .expandDims(dice.number((-rank - 1)...rank))
    case 5:
      let ones = shape.indices.filter { shape[$0] == 1 }
      form = .squeeze(dice.chance(0.5) ? nil : ones.filter { _ in dice.chance(0.7) })
    case 6: form = .broadcast(widerShape(than: shape))
    default: form = .select(selections(of: shape))
    }
    _ = add(form, [.value(x)])
  }

  /// The same number of elements in other axes, perhaps with one length left open.
  private mutating func anotherShape(of shape: [Int]) -> [Int] {
    let count = shape.reduce(1, *)
    var result: [Int] = []
    var left = count
    while result.count < 3, left > 1, dice.chance(0.6) {
      let factors = (1...min(left, 70)).filter { left % $0 == 0 }
      let factor = dice.pick(factors)
      result.append(factor)
      left /= factor
    }
    result.append(left)
    if dice.chance(0.2) { result.insert(1, at: dice.number(0...result.count)) }
    if count == 1, dice.chance(0.5) { return [] }
    if count > 0, dice.chance(0.4) { result[dice.number(0...(result.count - 1))] = -1 }
    return result
  }

  private mutating func widerShape(than shape: [Int]) -> [Int] {
    var result = shape.map { length in
      length == 1 && dice.chance(0.6) ? dice.number(0...5) : dice.chance(0.3) ? -1 : length
    }
    while result.count < 4, dice.chance(0.4) { result.insert(dice.number(1...4), at: 0) }
    return result
  }

  private mutating func selections(of shape: [Int]) -> [AxisSelection] {
    var result: [AxisSelection] = []
    for length in shape {
      if dice.chance(0.12), result.count < 6, shape.count < 4 { result.append(.insertedAxis) }
      result.append(selection(length))
    }
    if dice.chance(0.2) {
      // One ellipsis in place of some whole axes, or of none.
      let place = dice.number(0...result.count)
      while place < result.count, result[place] == .all { result.remove(at: place) }
      result.insert(.remainingAxes, at: place)
    }
    return result.count > 6 ? [.remainingAxes] : result
  }

  private mutating func selection(_ length: Int) -> AxisSelection {
    let low = dice.number(0...length)
    let high = dice.number(low...length)
    switch dice.number(0...9) {
    case 0...1 where length > 0: return .at(dice.number(-length...(length - 1)))
    case 2: return .range(from: low, to: nil, step: 1)
    case 3: return .range(from: low, to: high, step: 1)
    case 4...5:
      return .range(from: low, to: max(high, min(low + 1, length)), step: dice.pick([-3, -2, -1, 2, 3]))
    case 6: return .stride(by: dice.pick([-1, -1, 2, -2]))
    default: return .all
    }
  }
}

// MARK: - Formulas that the optimizer knows

extension RandomGraphBuilder {
  private mutating func addFormula() {
    guard let x = value() else { return }
    switch dice.number(0...9) {
    case 0: chain(x, [(.scalar(.exp), []), (.scalar(.add), [1]), (.scalar(.log), [])])
    case 1: chain(x, [(.scalar(.exp), []), (.scalar(.sub), [1])])
    case 2: chain(x, [(.scalar(.add), [1]), (.scalar(.log), [])])
    case 3:
      guard let e = chain(x, [(.scalar(.neg), []), (.scalar(.exp), []), (.scalar(.add), [1])]) else { return }
      _ = add(.scalar(.div), [.literal(Scalar(1)), .value(e)])
    case 4: addSoftmax(x)
    case 5: addVariance(x)
    case 6: chain(x, [(.scalar(.exp), []), (sumOfAll(x), []), (.scalar(.log), [])])
    case 7:
      guard let y = value(beside: x), let z = value(beside: x),
        let product = add(.scalar(.mul), [.value(x), .value(y)])
      else { return }
      _ = add(.scalar(dice.chance(0.6) ? .add : .sub), dice.shuffled([.value(product), .value(z)]))
    case 8: chain(x, [(.scalar(.neg), []), (.scalar(.neg), [])])
    default: chain(x, [(.scalar(.log), []), (.scalar(.exp), [])])
    }
  }

  /// Applies one form after the other, each with literals as further operands.
  @discardableResult
  private mutating func chain(_ x: Int, _ forms: [(Form, [Int])]) -> Int? {
    var result: Int? = x
    for (form, literals) in forms {
      guard let operand = result else { return nil }
      let others = literals.map { Recipe.Operand.literal(Scalar($0)) }
      result = add(form, dice.shuffledIfCommutative(form, [.value(operand)] + others))
    }
    return result
  }

  private mutating func sumOfAll(_ x: Int) -> Form {
    .reduce(
      .sum, axes: someAxes(rank: types[x].rank), keepDims: dice.chance(0.5), dtype: nil,
      accumulator: nil)
  }

  private mutating func addSoftmax(_ x: Int) {
    guard types[x].rank > 0 else { return }
    let axes = [dice.number(0...(types[x].rank - 1))]
    func reduction(_ reduction: Reduction) -> Form {
      .reduce(reduction, axes: axes, keepDims: true, dtype: nil, accumulator: nil)
    }
    var shifted = x
    if dice.chance(0.6) {
      guard let peak = add(reduction(.max), [.value(x)]),
        let difference = add(.scalar(.sub), [.value(x), .value(peak)])
      else { return }
      shifted = difference
    }
    guard let e = add(.scalar(.exp), [.value(shifted)]),
      let total = add(reduction(.sum), [.value(e)])
    else { return }
    if dice.chance(0.7) { _ = add(.scalar(.div), [.value(e), .value(total)]) }
    if dice.chance(0.3) { _ = add(.scalar(.log), [.value(total)]) }
  }

  private mutating func addVariance(_ x: Int) {
    let axes = someAxes(rank: types[x].rank)
    guard let mean = add(.mean(axes: axes, keepDims: true), [.value(x)]),
      let difference = add(.scalar(.sub), [.value(x), .value(mean)]),
      let squared = dice.chance(0.5)
        ? add(.scalar(.square), [.value(difference)])
        : add(.scalar(.mul), [.value(difference), .value(difference)])
    else { return }
    _ = add(.mean(axes: axes, keepDims: dice.chance(0.5)), [.value(squared)])
  }
}

extension Dice {
  /// Puts literals first at times, where that means the same.
  fileprivate mutating func shuffledIfCommutative(
    _ form: Form, _ operands: [Recipe.Operand]
  ) -> [Recipe.Operand] {
    if case .scalar(.add) = form { shuffled(operands) } else { operands }
  }
}
