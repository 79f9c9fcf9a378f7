import Arrays
import SymbolicGraph

extension InputMismatch {
  /// Checks that there is an array of the right type for every input, and that inputs with a
  /// dimension of one name agree on its length.
  static func check(_ graph: Graph, _ arrays: [NDArray]) throws {
    guard graph.inputs.count == arrays.count else {
      throw InputMismatch.wrongCount(graph.inputs.count, got: arrays.count)
    }
    let names = graph.valueNames
    var named: [String: Int] = [:]
    for (input, array) in zip(graph.inputs, arrays) {
      try array.checked()
      let type = graph.equations[input].type
      let fits =
        type.dtype == array.dtype && type.rank == array.rank
        && zip(type.shape, array.shape).allSatisfy { fit($0, $1, &named) }
      if !fits {
        throw InputMismatch.wrongType(names[input], takes: type, got: array)
      }
    }
  }

  private static func fit(_ extent: Extent, _ length: Int, _ named: inout [String: Int]) -> Bool {
    switch extent {
    case .fixed(let value): return value == length
    case .unknown: return true
    case .named(let name):
      let known = named[name] ?? length
      named[name] = known
      return known == length
    }
  }
}
