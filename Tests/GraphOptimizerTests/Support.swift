import Arrays
import ReferenceBackend
import SymbolicGraph
import Testing

@testable import GraphOptimizer

/// Returns the text of the graph of `outputs` after some passes, verified after each.
func text(_ outputs: Tensor..., after passes: any Pass...) throws -> String {
  try rewritten(outputs, passes).description
}

/// Returns the graph of `outputs` after some passes, verified after each.
func rewritten(_ outputs: [Tensor], _ passes: [any Pass]) throws -> Graph {
  var graph = try Graph(inputs: [], outputs: outputs)
  for pass in passes {
    var trace = Trace()
    graph = pass.run(on: graph, &trace)
    try graph.verify()
  }
  return graph
}

/// Returns the values of `graph` in the reference back end, inputs cast to the dtypes it takes.
func evaluate(_ graph: Graph, _ inputs: [NDArray]) throws -> [NDArray] {
  let fed = zip(graph.inputs, inputs).map { $1.cast(to: graph.equations[$0].type.dtype) }
  return try ReferenceBackend.run(graph, fed)
}

/// Checks that passes leave the values of `outputs` as they are, bit for bit unless a tolerance is
/// given.
func expectSame(
  _ outputs: Tensor..., after passes: any Pass..., feeding inputs: [NDArray],
  tolerance: Double = 0, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let old = try evaluate(try Graph(inputs: [], outputs: outputs), inputs)
  let new = try evaluate(try rewritten(outputs, passes), inputs)
  for (old, new) in zip(old, new) {
    try #require(old.dtype == new.dtype && old.shape == new.shape, sourceLocation: sourceLocation)
    let (old, new) = (try old.reshaped([old.count]), try new.reshaped([new.count]))
    for index in 0..<old.count {
      let (a, b) = (old.scalar(at: index).asDouble, new.scalar(at: index).asDouble)
      let isClose = a == b || a.isNaN && b.isNaN || abs(a - b) <= tolerance * max(abs(a), 1)
      #expect(isClose, "element \(index): \(a), not \(b)", sourceLocation: sourceLocation)
    }
  }
}

extension String {
  /// How often `part` occurs.
  func components(of part: String) -> Int {
    var (count, rest) = (0, self[...])
    while let range = rest.firstRange(of: part) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
