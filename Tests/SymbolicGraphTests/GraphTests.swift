import Arrays
import SymbolicGraph
import Testing

@Suite struct GraphTests {
  @Test("the text of the π program")
  func text() throws {
    let x = Tensor.vector("x"), y = Tensor.vector("y")
    let hits = (x ** 2 + y ** 2 .<= 1).sum()
    let graph = try Graph(inputs: [x, y], outputs: [4 * hits / x.dim(0)])
    #expect(
      graph.description == """
        graph (x: f64[?], y: f64[?]) -> f64[] {
          %1 = pow(x, 2)          : f64[?]
          %2 = pow(y, 2)          : f64[?]
          %3 = add(%1, %2)        : f64[?]
          %4 = le(%3, 1)          : bool[?]
          %5 = sum(%4, axes: [0]) : i64[]
          %6 = mul(4, %5)         : i64[]
          %7 = cast(%6, f64)      : f64[]
          %8 = dim(x, axis: 0)    : i64[]
          %9 = cast(%8, f64)      : f64[]
          %10 = div(%7, %9)       : f64[]
          return %10
        }
        """)
    try graph.verify()
  }

  @Test("a chain of a million nodes is built, ordered and released")
  func million() throws {
    let x = Tensor.scalar("x")
    var y = x
    for _ in 0..<1_000_000 { y = y + x }
    let graph = try Graph(inputs: [x], outputs: [y])
    #expect(graph.equations.count == 1_000_001)
  }

  @Test("known lengths follow from those of the inputs, by the rules that built the graph")
  func types() throws {
    let x = Tensor("x", shape: ["batch", .unknown]), w = Tensor("w", shape: [.unknown, 3])
    let (product, line) = (matmul(x, w), #line)
    let graph = try Graph(inputs: [x, w], outputs: [product.sum(axes: [0])])
    let types = try graph.types(
      forInputs: [TensorType(.float64, [5, 4]), TensorType(.float64, [4, 3])])
    #expect(types[graph.outputs[0]] == TensorType(.float64, [3]))
    #expect {
      try graph.types(forInputs: [TensorType(.float64, [5, 4]), TensorType(.float64, [2, 3])])
    } throws: { "\($0)".hasPrefix("GraphTests.swift:\(line): matmul: inner axes must be equal") }
  }

  @Test("verification finds a value that is used before it is computed")
  func malformed() throws {
    let x = Tensor.vector("x")
    var graph = try Graph(inputs: [x], outputs: [exp(x)])
    graph.equations[1].operands = [1]
    #expect { try graph.verify() } throws: {
      "\($0)" == "equation 1 uses value 1, not yet computed"
    }
  }

  @Test("Names stay on their line")
  func names() throws {
    let x = Tensor.scalar("a\nb\u{2028}c")
    #expect(
      try Graph(inputs: [x], outputs: [exp(x)]).description == """
        graph (a\\nb\\u{2028}c: f64[]) -> f64[] {
          %1 = exp(a\\nb\\u{2028}c) : f64[]
          return %1
        }
        """)
  }
}
