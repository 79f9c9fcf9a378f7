import Arrays
import Scalars

extension Kernel {
  /// Checks that the kernel means something. Debug builds do so before it is compiled.
  ///
  /// - Throws: The first rule that is broken.
  public func verify() throws(KernelError) {
    guard (0...axes.count).contains(outerCount) else {
      throw .outerCount(outerCount, axes: axes.count)
    }
    for (number, access) in accesses.enumerated() {
      try check(access.argument, arguments.count, "argument", "access \(number)")
      guard access.steps.count == axes.count else {
        throw .stepCount(access.steps.count, axes: axes.count, access: number)
      }
    }
    var known: [Accumulator] = []
    for (number, stage) in stages.enumerated() {
      try verify(stage, number, known)
      known += stage.accumulators
    }
    let loops = stages.count(where: \.loops)
    if outerCount == 0, loops > 1 { throw .severalLoops(loops) }
  }

  private func verify(_ stage: Stage, _ number: Int, _ known: [Accumulator]) throws(KernelError) {
    let place = "stage \(number)"
    guard stage.sources.count == stage.composite.inputs.count else {
      throw .sourceCount(stage.sources.count, inputs: stage.composite.inputs.count, stage: number)
    }
    for (input, source) in stage.sources.enumerated() {
      let dtype = try dtype(of: source, in: stage, number, known)
      let expected = stage.composite.inputs[input]
      if dtype != expected {
        throw .dtype("input \(input) of \(place)", takes: "\(expected)", got: "\(dtype)")
      }
    }
    try verify(stage.composite, place)
    for store in stage.stores { try verify(store, stage, number) }
    if !stage.loops, !stage.accumulators.isEmpty { throw .accumulatorWithoutLoop(stage: number) }
    for accumulator in stage.accumulators { try verify(accumulator, stage.composite, place) }
  }

  private func verify(_ composite: Composite, _ place: String) throws(KernelError) {
    for (number, line) in composite.lines.enumerated() {
      for operand in line.operands {
        try check(operand, composite, lines: number, "line \(number) of \(place)")
      }
    }
    for operand in composite.results {
      try check(operand, composite, lines: composite.lines.count, "a result of \(place)")
    }
  }

  private func verify(_ store: Store, _ stage: Stage, _ number: Int) throws(KernelError) {
    try check(store.access, accesses.count, "access", "a store of stage \(number)")
    try check(store.result, stage.composite.results.count, "result", "a store of stage \(number)")
    let argument = argument(ofAccess: store.access)
    guard argument.isOutput else { throw .storeToInput(argument.name, stage: number) }
    let dtype = stage.composite.dtype(of: stage.composite.results[store.result])
    guard dtype == argument.dtype else {
      throw .dtype("'\(argument.name)'", takes: "\(argument.dtype)", got: "\(dtype)")
    }
    try checkMoves(store.access, stage, number)
  }

  private func verify(
    _ accumulator: Accumulator, _ composite: Composite, _ place: String
  ) throws(KernelError) {
    try check(accumulator.result, composite.results.count, "result", "an accumulator of \(place)")
    let dtype = composite.dtype(of: composite.results[accumulator.result])
    let takesBool = accumulator.reduction == .any || accumulator.reduction == .all
    let expected = takesBool ? .bool : accumulator.dtype
    guard dtype == expected, accumulator.dtype == expected else {
      throw .dtype(
        "\(accumulator.reduction.rawValue) of \(place)", takes: "\(expected)",
        got: "\(dtype == expected ? accumulator.dtype : dtype)")
    }
  }

  private func dtype(
    of source: Source, in stage: Stage, _ number: Int, _ known: [Accumulator]
  ) throws(KernelError) -> DType {
    switch source {
    case .load(let access):
      try check(access, accesses.count, "access", "stage \(number)")
      try checkMoves(access, stage, number)
      return argument(ofAccess: access).dtype
    case .accumulator(let accumulator):
      guard known.indices.contains(accumulator) else {
        throw .laterAccumulator(accumulator, stage: number, known: known.count)
      }
      return known[accumulator].valueDType
    case .scalar(let scalar):
      try check(scalar, scalars.count, "scalar", "stage \(number)")
      return .int64
    }
  }

  private func checkMoves(_ access: Int, _ stage: Stage, _ number: Int) throws(KernelError) {
    let moves = accesses[access].steps[outerCount...].contains { $0 != .broadcast }
    if !stage.loops, moves { throw .movingAccess(access, stage: number) }
  }

  private func check(
    _ operand: Composite.Operand, _ composite: Composite, lines: Int, _ place: String
  ) throws(KernelError) {
    switch operand {
    case .input(let number): try check(number, composite.inputs.count, "input", place)
    case .constant: break
    case .line(let number): try check(number, lines, "line", place)
    }
  }

  private func check(
    _ number: Int, _ count: Int, _ what: String, _ place: String
  ) throws(KernelError) {
    guard (0..<count).contains(number) else {
      throw .noSuchThing(what, number, count: count, in: place)
    }
  }
}
