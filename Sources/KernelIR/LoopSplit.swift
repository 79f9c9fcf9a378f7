package import Arrays
internal import Scalars

/// A kernel of several loops as a kernel for each, which leave for each other what they accumulate.
package struct LoopSplit {
  /// The kernel of one loop, with what comes after it once for each point.
  package struct Part {
    package fileprivate(set) var kernel: Kernel
    /// What each of its accesses walks through.
    package fileprivate(set) var operands: [Operand] = []
  }

  /// What an access of a part walks through.
  package enum Operand: Hashable, Sendable {
    /// The same as an access of the whole kernel.
    case access(Int)
    /// What was accumulated, an element for each point of the outer space; results come before operands.
    case value(Int)
  }

  package private(set) var parts: [Part] = []
  /// The dtypes of the values that parts leave for later ones.
  package let dtypes: [DType]
  /// How many of the axes are inner.
  package let innerCount: Int

  /// Returns nil for kernels of fewer loops.
  package init?(_ kernel: Kernel) {
    guard kernel.isRowProgram, kernel.outerCount > 0 else { return nil }
    // Each stage, and each accumulator, by the part that it belongs to.
    var owners: [Int] = [], loops = 0
    for stage in kernel.stages {
      if stage.loops { loops += 1 }
      owners.append(max(loops - 1, 0))
    }
    let makers = zip(kernel.stages, owners).flatMap { stage, owner in
      stage.accumulators.map { _ in owner }
    }
    let handedOn = makers.indices.filter { number in
      zip(kernel.stages, owners).contains { stage, owner in
        owner > makers[number] && stage.readAccumulators.contains(number)
      }
    }
    innerCount = kernel.innerCount
    dtypes = handedOn.map { kernel.accumulators[$0].valueDType }
    for number in 0..<loops {
      var builder = PartBuilder(kernel, firstAccumulator: makers.firstIndex(of: number) ?? 0)
      let own = handedOn.enumerated().filter { makers[$0.element] == number }
      let given = handedOn.enumerated().filter { makers[$0.element] < number }
      builder.values = Dictionary(uniqueKeysWithValues: given.map { ($0.element, $0.offset) })
      for (stage, owner) in zip(kernel.stages, owners) where owner == number { builder.add(stage) }
      builder.leave(own.map { (accumulator: $0.element, value: $0.offset) })
      builder.part.kernel.becomeMap()
      parts.append(builder.part)
    }
  }
}

/// Puts the stages of a part together.
private struct PartBuilder {
  private let whole: Kernel
  /// The number in the whole kernel of the part's first accumulator.
  private let firstAccumulator: Int
  /// The values that earlier parts left, by their accumulators in the whole kernel.
  var values: [Int: Int] = [:]
  var part: LoopSplit.Part
  private var accesses: [Key: Int] = [:]
  private var arguments: [Place: Int] = [:]
  /// The arguments that the part has written.
  private var written: Set<Int> = []

  /// What was met, and whether it is an operand.
  private struct Key: Hashable {
    let operand: LoopSplit.Operand
    let isRead: Bool
  }

  /// Whose elements those are.
  private enum Place: Hashable {
    case argument(Int, isRead: Bool)
    case value(Int)
  }

  init(_ whole: Kernel, firstAccumulator: Int) {
    (self.whole, self.firstAccumulator) = (whole, firstAccumulator)
    part = LoopSplit.Part(
      kernel: Kernel(
        axes: whole.axes, outerCount: whole.outerCount, arguments: [], accesses: [],
        scalars: whole.scalars, stages: []))
  }

  mutating func add(_ stage: Stage) {
    var added = stage
    added.sources = stage.sources.map { source in
      switch source {
      case .load(let access): .load(access: number(ofAccess: access, isRead: true))
      case .accumulator(let accumulator):
        if let value = values[accumulator] {
          .load(access: number(ofValue: value, whole.accumulators[accumulator], isRead: true))
        } else {
          .accumulator(accumulator - firstAccumulator)
        }
      case .scalar: source
      }
    }
    added.stores = stage.stores.map {
      Store(access: number(ofAccess: $0.access, isRead: false), result: $0.result)
    }
    written.formUnion(stage.stores.map { whole.accesses[$0.access].argument })
    part.kernel.stages.append(added)
  }

  /// Adds a stage that leaves accumulators as values.
  mutating func leave(_ results: [(accumulator: Int, value: Int)]) {
    if results.isEmpty { return }
    let accumulators = results.map { whole.accumulators[$0.accumulator] }
    var values = Composite(inputs: accumulators.map(\.valueDType))
    values.results = results.indices.map { .input($0) }
    let stores = zip(results, accumulators).enumerated().map { place, result in
      Store(access: number(ofValue: result.0.value, result.1, isRead: false), result: place)
    }
    part.kernel.stages.append(
      Stage(
        loops: false, sources: results.map { .accumulator($0.accumulator - firstAccumulator) },
        composite: values, stores: stores, accumulators: []))
  }

  /// The number in the part of an access of the whole kernel. What an earlier part wrote is an operand here.
  private mutating func number(ofAccess access: Int, isRead: Bool) -> Int {
    let argument = whole.accesses[access].argument
    let isOperand = isRead && !written.contains(argument)
    var declared = whole.arguments[argument]
    if isOperand { declared.isOutput = false }
    return number(
      Key(operand: .access(access), isRead: isOperand), whole.accesses[access].steps,
      of: .argument(argument, isRead: isOperand), declared)
  }

  private mutating func number(
    ofValue value: Int, _ accumulator: Accumulator, isRead: Bool
  ) -> Int {
    let steps = whole.axes.indices.map { axis -> Access.Step in
      axis < whole.outerCount ? .strided : .broadcast
    }
    return number(
      Key(operand: .value(value), isRead: isRead), steps, of: .value(value),
      Argument("v\(value)", accumulator.valueDType, isOutput: !isRead))
  }

  private mutating func number(
    _ key: Key, _ steps: [Access.Step], of place: Place, _ argument: Argument
  ) -> Int {
    if let known = accesses[key] { return known }
    let number = arguments[place] ?? part.kernel.arguments.count
    if number == part.kernel.arguments.count { part.kernel.arguments.append(argument) }
    arguments[place] = number
    accesses[key] = part.kernel.accesses.count
    part.kernel.accesses.append(Access(argument: number, steps: steps))
    part.operands.append(key.operand)
    return part.kernel.accesses.count - 1
  }
}

extension Kernel {
  /// Makes a kernel whose only stage loops and accumulates nothing one that computes each point by itself.
  fileprivate mutating func becomeMap() {
    guard stages.count == 1, stages[0].loops, stages[0].accumulators.isEmpty else { return }
    stages[0].loops = false
    outerCount = axes.count
  }
}
