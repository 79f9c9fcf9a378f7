import Arrays
import Scalars
import SymbolicGraph

/// A random well-typed expression over every public operation, the same for the same seed.
package struct RandomGraph: Sendable {
  /// The expression and its inputs.
  package let recipe: Recipe

  package init(seed: UInt64) {
    var builder = RandomGraphBuilder(seed: seed)
    for _ in 0..<builder.dice.number(1...4) { builder.addInput() }
    let stepCount = builder.dice.number(1...(builder.isLarge ? 6 : 13))
    let goal = builder.recipe.steps.count + stepCount
    // Some draws fit nothing, so their number is limited too.
    for _ in 0..<(10 * stepCount) where builder.recipe.steps.count < goal { builder.addStep() }
    builder.chooseOutputs()
    recipe = builder.recipe.pruned()
  }
}

/// Grows a recipe step by step; what turns out ill-typed is thrown away and drawn anew.
///
/// Every value has two tensors: one as the recipe declares it, and one whose inputs have fixed
/// lengths, which tells the shape that the value will have at the call.
struct RandomGraphBuilder {
  var dice: Dice
  var recipe = Recipe()
  /// The tensors as declared, and those with every length known.
  private var declared: [Tensor] = []
  private var concrete: [Tensor] = []
  /// The types of the latter.
  private(set) var types: [TensorType] = []
  /// The lengths that shapes are made of; few, so that shapes often fit each other.
  private let lengths: [Int]
  /// Whether arrays are long enough to be cut into chunks.
  let isLarge: Bool
  /// The shape that those of the inputs resemble.
  private let commonShape: [Int]

  init(seed: UInt64) {
    var dice = Dice(seed: seed)
    isLarge = dice.chance(1 / 150)
    let pool = [0, 1, 2, 3, 3, 4, 5, 5, 6, 7, 8, 9, 13, 16, 17, 31, 33, 64, 65, 100, 130, 257]
    var chosen = (0..<dice.number(1...3)).map { _ in dice.pick(pool) }
    if chosen.contains(0), dice.chance(0.7) { chosen = chosen.map { max($0, 3) } }
    var shape: [Int] = []
    let rank = dice.pick(weighted: [(1, 0), (6, 1), (7, 2), (4, 3), (1, 4)])
    for _ in 0..<rank { shape.append(dice.pick(chosen)) }
    while shape.reduce(1, *) > 300, let axis = shape.indices.max(by: { shape[$0] < shape[$1] }) {
      shape[axis] = dice.number(1...5)
    }
    if isLarge {
      let long = dice.number(33_000...70_000)
      shape = dice.pick([[long], [long], [long, 2], [3, long / 2], [long / 100, 101]])
      chosen = shape
    }
    (self.dice, lengths, commonShape) = (dice, chosen, shape)
  }

  /// The greatest number of elements that a value may have.
  private var sizeLimit: Int { isLarge ? 150_000 : 600 }
}

// MARK: - Sources

extension RandomGraphBuilder {
  mutating func addInput() {
    let sample = sampleArray()
    let extents = sample.elements.shape.map { extent(for: $0) }
    _ = add(.input(sample, extents))
  }

  mutating func sampleArray() -> SampleArray {
    let floats = [(6, DType.float32), (7, .float64)]
    let dtype = dice.pick(weighted: floats + DType.allCases.map { (1, $0) })
    let fill = dice.pick(weighted: [
      (5, Fill.plain), (4, .even), (3, .positive), (1, .wide), (1, .special),
    ])
    let layout =
      dice.chance(0.5) ? SampleLayout.contiguous : dice.pick(Array(SampleLayout.allCases))
    let shape = inputShape()
    let seed = UInt64(dice.number(0...99_999))
    let elements = try? fill.array(dtype, shape: shape, seed: seed)
    return SampleArray(
      elements ?? .zeros(dtype, shape: shape), fill: (fill, seed), layout: layout)
  }

  /// Mostly the common shape, or one that broadcasts to it; now and then any other.
  private mutating func inputShape() -> [Int] {
    var shape = commonShape
    if dice.chance(0.15), !isLarge {
      shape = (0..<dice.number(0...4)).map { _ in dice.pick(lengths) }
      if shape.reduce(1, *) > 300 { shape = Array(shape.prefix(1)) }
    }
    if dice.chance(0.2) { shape.removeFirst(dice.number(0...shape.count)) }
    if !shape.isEmpty, dice.chance(0.2) { shape[dice.number(0...(shape.count - 1))] = 1 }
    return shape
  }

  /// A declaration that a length fits: the number, a name for it, or nothing.
  private mutating func extent(for length: Int) -> Extent {
    dice.pick(weighted: [(5, .fixed(length)), (3, .unknown), (2, .named("n\(length)"))])
  }
}

// MARK: - Steps

extension RandomGraphBuilder {
  /// Adds a step and returns its number, or nil where the operation does not take these operands,
  /// or not for the lengths they will have.
  mutating func add(_ form: Form, _ operands: [Recipe.Operand] = []) -> Int? {
    var fixedForm = form
    if case .input(let sample, _) = form {
      fixedForm = .input(sample, sample.elements.shape.map { .fixed($0) })
    }
    func tensors(_ values: [Tensor]) -> [Tensor] {
      operands.map { operand in
        switch operand {
        case .value(let number): values[number]
        case .literal(let scalar): Tensor(literal: scalar)
        }
      }
    }
    guard
      let fixed = try? fixedForm.apply(tensors(concrete), name: "x\(types.count)"),
      let type = try? fixed.type, let shape = type.concreteShape,
      shape.reduce(1, *) <= sizeLimit,
      let free = try? form.apply(tensors(declared), name: "x\(types.count)"),
      let freeType = try? free.type, freeType.rank == type.rank, freeType.dtype == type.dtype
    else { return nil }
    recipe.steps.append(Recipe.Step(form, operands))
    concrete.append(fixed)
    declared.append(free)
    types.append(type)
    return types.count - 1
  }

  /// Returns the lengths of a value.
  func shape(_ value: Int) -> [Int] { types[value].concreteShape ?? [] }

  /// Returns one of the values for which the condition holds, a late one more often; nil for none.
  mutating func value(where isFit: (TensorType) -> Bool = { _ in true }) -> Int? {
    let fit = types.indices.filter { isFit(types[$0]) }
    guard !fit.isEmpty else { return nil }
    var back = 0
    while back < fit.count - 1, dice.chance(0.45) { back += 1 }
    return dice.chance(0.1) ? dice.pick(fit) : fit[fit.count - 1 - back]
  }

  /// Returns a value whose shape broadcasts with that of another.
  mutating func value(
    beside other: Int, where isFit: (TensorType) -> Bool = { _ in true }
  ) -> Int? {
    let shape = shape(other)
    return value { isFit($0) && Broadcasting.shape($0.concreteShape ?? [], shape) != nil }
  }

  /// Returns what nothing uses, and perhaps a value within; most recent first.
  mutating func chooseOutputs() {
    let used = Set(recipe.steps.flatMap(\.values))
    var sinks = recipe.steps.indices.reversed().filter { !used.contains($0) }
    if let last = sinks.first { sinks = [last] + dice.shuffled(Array(sinks.dropFirst())) }
    recipe.outputs = Array(sinks.prefix(dice.number(1...4)))
    if dice.chance(0.25) { recipe.outputs.append(dice.number(0...(types.count - 1))) }
    if dice.chance(0.02) { recipe.outputs.append(recipe.outputs[0]) }
  }
}
