import Arrays
import SymbolicGraph

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
    for (input, output) in zip(inputs, graph.outputs) {
      let type = graph.equations[output].type
      guard input.type.mayTake(type) else {
        throw FunctionError.wrongState(name, input, becomes: type)
      }
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

extension TensorType {
  /// Whether arrays of another type may be of this one, as far as lengths are known.
  fileprivate func mayTake(_ other: TensorType) -> Bool {
    dtype == other.dtype && rank == other.rank
      && zip(shape, other.shape).allSatisfy { own, other in
        own.value == nil || other.value == nil || own.value == other.value
      }
  }
}
