import Arrays
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("FoldConstants")
struct FoldConstantsTests {
  @Test("computes operations on scalar constants in their dtype")
  func scalars() throws {
    let x = Tensor("x", .uint8, shape: [4])
    let big = Tensor.constant(NDArray(scalar: Scalar(UInt8(200))))
    #expect(
      try text(x + (big + big), after: FoldConstants()) == """
        graph (x: u8[4]) -> u8[4] {
          %1 = add(x, 144) : u8[4]
          return %1
        }
        """)
  }

  @Test("puts in lengths that the types tell, and keeps inputs that only their length was asked of")
  func extents() throws {
    let x = Tensor("x", .float32, shape: [4, "n"])
    #expect(
      try text(x.dim(0) * x.dim(0), x.dim(1), after: FoldConstants()) == """
        graph (x: f32[4,n]) -> i64[], i64[] {
          %1 = dim(x, axis: 1) : i64[]
          return 16, %1
        }
        """)
  }
}
