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

  @Test("joins constants of one array, not those of equal arrays")
  func arrays() throws {
    let array = NDArray([1.0, 2, 3])
    let same = try rewritten([x + .constant(array), y + .constant(array)], [Merge()])
    let equal = try rewritten(
      [x + .constant(array), y + .constant(NDArray([1.0, 2, 3]))], [Merge()])
    #expect(same.equations.count == 5)
    #expect(equal.equations.count == 6)
  }

  @Test("remembers where every joined expression was written")
  func origins() throws {
    let graph = try rewritten([exp(x), exp(x)], [Merge()])
    #expect(graph.equations[graph.outputs[0]].origins.count == 2)
  }
}
