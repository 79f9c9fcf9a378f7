import Arrays

extension Program {
  /// Puts the output in the place of the first array.
  func update(_ state: inout NDArray, _ others: [NDArray]) throws {
    var states = [exchange(&state, with: Self.nothing)]
    defer { state = states[0] }
    try update(&states, others)
  }

  /// Puts the outputs in the places of as many arrays, the first ones.
  func update(_ states: inout [NDArray], _ others: [NDArray]) throws {
    let count = states.count
    guard count == graph.outputs.count else {
      throw FunctionError.wrongStateCount(name, graph.outputs.count, got: count)
    }
    // The list is the only holder of the states: what else held them would keep their memory.
    var arrays = exchange(&states, with: [])
    arrays += others
    do {
      states = try run(giving: &arrays)
    } catch {
      states = Array(arrays.prefix(count))
      throw error
    }
  }

  /// Stands in for an array during a call.
  private static let nothing = NDArray(scalar: .zero(.bool))
}
