import Arrays
import Scalars
import SymbolicGraph

// Formulas that the optimizer knows, which single steps would seldom make.
extension RandomGraphBuilder {
  mutating func addFormula() {
    guard let x = value() else { return }
    switch dice.number(0...9) {
    case 0: chain(x, [(.scalar(.exp), []), (.scalar(.add), [1]), (.scalar(.log), [])])
    case 1: chain(x, [(.scalar(.exp), []), (.scalar(.sub), [1])])
    case 2: chain(x, [(.scalar(.add), [1]), (.scalar(.log), [])])
    case 3:
      let steps: [(Form, [Int])] = [(.scalar(.neg), []), (.scalar(.exp), []), (.scalar(.add), [1])]
      guard let e = chain(x, steps) else { return }
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
