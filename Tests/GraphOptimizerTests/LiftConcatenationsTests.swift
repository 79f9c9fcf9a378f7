import Arrays
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("Lifting concatenations")
struct LiftConcatenationsTests {
  private let pass = LiftConcatenations()

  @Test("computes the parts where they end up")
  func lifts() throws {
    let x = Tensor("x", .float64, shape: [3]), y = Tensor("y", .float64, shape: [4])
    #expect(
      try text(exp(concatenate([x, y]) * 2), after: pass) == """
        graph (x: f64[3], y: f64[4]) -> f64[7] {
          %1 = mul(x, 2)                    : f64[3]
          %2 = mul(y, 2)                    : f64[4]
          %3 = exp(%1)                      : f64[3]
          %4 = exp(%2)                      : f64[4]
          %5 = concatenate(%3, %4, axis: 0) : f64[7]
          return %5
        }
        """)
  }

  @Test("lifts over what is repeated along the axis, not over what is not")
  func operands() throws {
    let a = Tensor("a", .float64, shape: [2, 3]), b = Tensor("b", .float64, shape: [2, 4])
    let column = Tensor("column", .float64, shape: [2, 1])
    let row = Tensor("row", .float64, shape: [7])
    let wide = Tensor("wide", .float64, shape: [5, 1, 1])
    let joined = concatenate([a, b], axis: 1)
    #expect(try text(joined * column, after: pass).contains("concatenate(%1, %2, axis: 1)"))
    #expect(try text(joined * row, after: pass).contains("concatenate(a, b, axis: 1)"))
    #expect(try text(joined * wide, after: pass).contains("concatenate(a, b, axis: 1)"))
    #expect(try text(joined * joined.sum(), after: pass).contains("concatenate(a, b, axis: 1)"))
  }

  @Test("gives the same values")
  func agreement() throws {
    let a = Tensor.matrix("a"), b = Tensor.matrix("b"), s = Tensor.scalar("s")
    for axis in [0, 1] {
      try expectSame(
        square(concatenate([a, b, a], axis: axis) * s) + s, after: pass,
        feeding: [[[1, 2], [3, 4]], [[5, 6], [7, 8]], NDArray(0.5)])
    }
  }
}
