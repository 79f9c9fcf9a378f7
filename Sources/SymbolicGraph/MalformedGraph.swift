import Arrays

/// What is wrong with a graph, found after a pass: a mistake of ours, not of a user.
package struct MalformedGraph: Error, CustomStringConvertible {
  package let description: String

  private init(_ description: String) { self.description = description }
}

extension MalformedGraph {
  static func notYetComputed(_ equation: Int, uses value: Int) -> MalformedGraph {
    MalformedGraph("equation \(equation) uses value \(value), not yet computed")
  }

  static func notFed(_ input: Int) -> MalformedGraph {
    MalformedGraph("input \(input) is not fed")
  }

  static func noSuchValue(_ value: Int) -> MalformedGraph {
    MalformedGraph("value \(value) does not exist")
  }

  static func brokenRule(_ equation: Int, _ error: GraphError) -> MalformedGraph {
    MalformedGraph("equation \(equation): \(error)")
  }

  static func wrongType(
    _ equation: Int, _ operation: String, gives type: TensorType, not other: TensorType
  ) -> MalformedGraph {
    MalformedGraph("equation \(equation): \(operation) gives \(type), not \(other)")
  }

  static func wrongDTypes(_ equation: Int, _ operation: String, _ dtypes: [DType]) -> MalformedGraph
  {
    let list = dtypes.map(\.description).joined(separator: ", ")
    return MalformedGraph("equation \(equation): \(operation) does not take \(list)")
  }
}
