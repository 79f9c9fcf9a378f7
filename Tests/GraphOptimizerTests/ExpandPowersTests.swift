import Arrays
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("ExpandPowers")
struct ExpandPowersTests {
  @Test("computes integer powers by squares and products, with the same wrapped values")
  func values() throws {
    let feed: NDArray = [0, 1, -1, 2, 3, -7, 10, 127, -128, 46341]
    for dtype in [DType.int8, .uint16, .int32, .int64, .uint64] {
      for exponent in [5, 6, 7, 8, 13, 31, 64, 100, 511, 512] {
        let x = Tensor("x", dtype, shape: [10])
        try expectSame(
          x ** Tensor(exponent).cast(to: dtype), after: ExpandPowers(), feeding: [feed])
      }
    }
  }

  @Test("takes the products of repeated squaring")
  func count() throws {
    let x = Tensor("x", .int32, shape: [4])
    let counts = try [5, 6, 8, 100, 512].map { try rewritten([x ** Tensor($0)], [ExpandPowers()]) }
      .map { $0.equations.count - 1 }
    #expect(counts == [3, 3, 3, 8, 9])
  }

  @Test("leaves floats, other exponents, and what the rules do")
  func others() throws {
    let x = Tensor("x", .int32, shape: [4]), f = Tensor("f", .float64, shape: [4])
    for output in [f ** 7, x ** x, x ** 3, x ** 513, x ** -7] {
      #expect(try text(output, after: ExpandPowers()) == text(output))
    }
  }
}
