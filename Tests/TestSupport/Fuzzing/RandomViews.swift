import Arrays
import SymbolicGraph

// Views, with attributes that fit the value.
extension RandomGraphBuilder {
  mutating func addView() {
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
      let end = max(high, min(low + 1, length))
      return .range(from: low, to: end, step: dice.pick([-3, -2, -1, 2, 3]))
    case 6: return .stride(by: dice.pick([-1, -1, 2, -2]))
    case 7 where high < length:
      let from = dice.chance(0.5) ? low - length : low
      return .range(from: from, to: high - length, step: dice.pick([1, 1, -1, 2]))
    default: return .all
    }
  }
}
