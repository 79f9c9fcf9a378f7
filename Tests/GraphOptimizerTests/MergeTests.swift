import Arrays
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("Merge")
struct MergeTests {
  let x = Tensor.vector("x"), y = Tensor.vector("y")

  @Test("computes equal subexpressions once, in whatever order commutative operands come")
  func equal() throws {
    #expect(
      try text(exp(x + y) * exp(y + x), after: Merge()) == """
        graph (x: f64[?], y: f64[?]) -> f64[?] {
          %1 = add(x, y)   : f64[?]
          %2 = exp(%1)     : f64[?]
          %3 = mul(%2, %2) : f64[?]
          return %3
        }
        """)
  }

  @Test("keeps apart what differs in operand order, attributes, dtype, or the sign of zero")
  func different() throws {
    let matrix = Tensor.matrix("m")
    let pairs = [
      (x - y, y - x), (matrix.sum(axes: [0]), matrix.sum(axes: [1])),
      (x.cast(to: .int32), x.cast(to: .int64)), (x + 0.0, x + -0.0),
      (x.sum(), x.sum(keepDims: true)), (x.sum(dtype: .float32), x.sum()),
    ]
    for (a, b) in pairs {
      let graph = try rewritten([a, b], [Merge()])
      #expect(graph.outputs[0] != graph.outputs[1])
    }
  }

  @Test("never joins inputs, even of one name")
  func inputs() throws {
    let graph = try rewritten([x + Tensor.vector("x")], [Merge()])
    #expect(graph.inputs.count == 2)
  }

  @Test("joins constants of one array, and those of equal arrays of few elements")
  func arrays() throws {
    func count(_ a: NDArray, _ b: NDArray) throws -> Int {
      try rewritten([.constant(a), .constant(b)].map(exp), [Merge()]).equations.count
    }
    let array = NDArray([1.0, 2, 3]), columns: NDArray = [[1.0, 3], [2, 4]]
    let many = NDArray.zeros(.float64, shape: [65])
    #expect(try count(array, array) == 2 && count(many, many) == 2)
    #expect(try count(array, NDArray([1.0, 2, 3])) == 2)
    #expect(try count([[1.0, 2], [3, 4]], columns.transposed()) == 2)
    #expect(try count(many, .zeros(.float64, shape: [65])) == 4)
    #expect(try count(.zeros(.float64, shape: [0]), .zeros(.float64, shape: [0])) == 2)
    // Another dtype, shape or bit.
    #expect(try count(array, NDArray([1.0, 2, 3]).cast(to: .float32)) == 4)
    #expect(try count(array, NDArray([1.0, 2, 3]).reshaped([3, 1])) == 4)
    #expect(try count(NDArray([0.0, 1]), NDArray([-0.0, 1])) == 4)
    #expect(try count(NDArray([0.0, 1]), NDArray([0, 1.0.nextUp])) == 4)
  }

  @Test("remembers where every joined expression was written")
  func origins() throws {
    let graph = try rewritten([exp(x), exp(x)], [Merge()])
    #expect(graph.equations[graph.outputs[0]].origins.count == 2)
  }
}
