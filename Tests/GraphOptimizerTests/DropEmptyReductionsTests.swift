import Arrays
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("DropEmptyReductions")
struct DropEmptyReductionsTests {
  @Test("makes reductions over no axes casts")
  func values() throws {
    let x = Tensor("x", .int32, shape: [4])
    #expect(
      try text(x.sum(axes: []), x.any(axes: []), x.max(axes: []), after: DropEmptyReductions())
        == """
        graph (x: i32[4]) -> i64[4], bool[4], i32[4] {
          %1 = cast(x, i64)  : i64[4]
          %2 = cast(x, bool) : bool[4]
          return %1, %2, x
        }
        """)
  }

  @Test("makes positions over no axes zeros of the same shape")
  func positions() throws {
    let x = Tensor.vector("x"), s = Tensor.scalar("s")
    let pass = DropEmptyReductions()
    try expectSame(
      x.argmax(axes: []), s.argmin(), after: pass, feeding: [NDArray([3, .nan, 1]), NDArray(2.0)])
    #expect(
      try text(s.argmin(), after: pass) == """
        graph (s: f64[]) -> i64[] {
          return 0
        }
        """)
  }
}
