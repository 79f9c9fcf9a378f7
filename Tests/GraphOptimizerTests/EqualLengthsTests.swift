import Arrays
import GraphOptimizer
import SymbolicGraph
import Testing

@Suite("Lengths that are assumed to be equal")
struct EqualLengthsTests {
  let x = Tensor.vector("x"), y = Tensor.vector("y"), m = Tensor.matrix("m")

  /// The inputs of the graph that is assumed, `x: f64[?1]`; nil where nothing is assumed.
  private func inputs(_ inputs: [Tensor], _ outputs: Tensor...) throws -> [String]? {
    let assumption = try EqualLengths(assumedIn: Graph(inputs: inputs, outputs: outputs))
    try assumption?.graph.verify()
    return assumption.map { assumption in
      let graph = assumption.graph
      return graph.inputs.map {
        "\(graph.equations[$0].operation.name): \(graph.equations[$0].type)"
      }
    }
  }

  @Test("have one name")
  func names() throws {
    #expect(try inputs([x, y], x + y) == ["x: f64[?1]", "y: f64[?1]"])
    #expect(try inputs([m, x], m + x) == ["m: f64[?,?1]", "x: f64[?1]"])
    #expect(try inputs([m], m + transpose(m)) == ["m: f64[?1,?1]"])
    #expect(
      try inputs([m, x, y], m.sum(axes: [1]) + x, m + y) == [
        "m: f64[?1,?2]", "x: f64[?1]", "y: f64[?2]",
      ])
  }

  @Test("are what one of them was declared as")
  func declared() throws {
    let fixed = Tensor("f", .float64, shape: [3]), named = Tensor("n", .float64, shape: ["n"])
    let taken = Tensor("t", .float64, shape: ["?1"])
    #expect(try inputs([x, fixed, y], x + y + fixed) == ["x: f64[3]", "f: f64[3]", "y: f64[3]"])
    #expect(try inputs([x, named, y], x + y + named) == ["x: f64[n]", "n: f64[n]", "y: f64[n]"])
    #expect(
      try inputs([x, y, taken], x + y, taken) == ["x: f64[?2]", "y: f64[?2]", "t: f64[?1]"])
  }

  @Test("are told by all operands, whatever lies between")
  func between() throws {
    let choice = `where`(x.expandDims(0) .> 0, Tensor.constant(1), m)
    #expect(try inputs([x, m], choice) == ["x: f64[?1]", "m: f64[?,?1]"])
    let through = concatenate([m.broadcast(to: [-1, -1]), m], axis: 0)[.all, .stride(by: -1)]
    #expect(try inputs([m, x], through + x) == ["m: f64[?,?1]", "x: f64[?1]"])
    #expect(
      try inputs([m, x, y], matmul(m, x) + y) == ["m: f64[?1,?2]", "x: f64[?2]", "y: f64[?1]"])
  }

  @Test("are none where nothing meets, and none where the assumption cannot be true")
  func none() throws {
    let three = Tensor.constant([1.0, 2, 3]), four = Tensor.constant([1.0, 2, 3, 4])
    #expect(try inputs([x], exp(x) + x * 2) == nil)
    #expect(try inputs([x, y], x.expandDims(1) * y.expandDims(0)) == nil)
    #expect(try inputs([m, x], matmul(m, x)) == nil)
    #expect(try inputs([x, y], x[1...] + y.reshape([-1])) == nil)
    // x can only be of length 1.
    #expect(try inputs([x], x + three, x + four) == nil)
  }

  @Test("are compared at the call")
  func compared() throws {
    let three = Tensor.constant([1.0, 2, 3])
    let graph = try Graph(inputs: [m, x, y], outputs: [m + x, y * three])
    let assumption = try #require(EqualLengths(assumedIn: graph))
    #expect(assumption.hold(for: [[2, 5], [5], [3]]))
    #expect(assumption.hold(for: [[2, 1], [1], [3]]))
    #expect(!assumption.hold(for: [[2, 5], [1], [3]]))
    #expect(!assumption.hold(for: [[2, 1], [5], [3]]))
    #expect(!assumption.hold(for: [[2, 5], [5], [1]]))
  }

  @Test("are found in graphs of very many inputs")
  func scale() throws {
    let inputs = (0..<20_000).map { _ in Tensor.vector() }
    // Each class joins one that is larger, the worst that a chain of names can meet.
    var sum = inputs[0]
    for input in inputs.dropFirst() { sum = input + sum }
    let assumption = try #require(
      EqualLengths(assumedIn: Graph(inputs: inputs, outputs: [sum])))
    #expect(assumption.graph.equations.allSatisfy { $0.type.shape == ["?1"] })
  }
}
