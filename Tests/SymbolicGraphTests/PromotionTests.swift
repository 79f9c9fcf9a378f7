import Arrays
import SymbolicGraph
import Testing

@Suite struct PromotionTests {
  @Test("a literal takes the dtype of the other operand", arguments: DType.allCases)
  func literals(dtype: DType) throws {
    let x = Tensor.vector("x", dtype)
    let expected: DType = dtype == .bool ? .int64 : dtype
    #expect(try (x + 1).dtype == expected)
    #expect(try (1 + x).dtype == expected)
    #expect(try (x * 2 * x).dtype == expected)
  }

  @Test("a fraction makes integers float64 and leaves floats", arguments: DType.allCases)
  func fractions(dtype: DType) throws {
    let x = Tensor.vector("x", dtype)
    #expect(try (x * 0.5).dtype == (dtype.isFloating ? dtype : .float64))
  }

  @Test("what literals make is a literal")
  func literalArithmetic() throws {
    let x = Tensor.vector("x", .uint8), y = Tensor.vector("y", .float32)
    #expect(try (x + (Tensor(100) + 100)).dtype == .uint8)
    #expect(try (y * (Tensor(1) / 3)).dtype == .float32)
    #expect(try (y * -Tensor(2)).dtype == .float32)
    #expect(throws: (any Error).self) { try (x .< (Tensor(200) + 100)).dtype }
    #expect(throws: (any Error).self) { try (x + -Tensor(1)).dtype }
  }

  @Test("strong operands follow the table of arrays")
  func strong() throws {
    for a in DType.allCases {
      for b in DType.allCases where a != .bool || b != .bool {
        let sum = Tensor.vector("x", a) + Tensor.vector("y", b)
        #expect(try sum.dtype == TypePromotion.promote(a, b), "\(a) + \(b)")
      }
    }
  }

  @Test("division and functions of integers are floating")
  func floating() throws {
    #expect(try (Tensor.vector("x", .int32) / 2).dtype == .float64)
    #expect(try exp(Tensor.vector("x", .int8)).dtype == .float32)
    #expect(try exp(Tensor.vector("x", .int32)).dtype == .float64)
    #expect(try floorDivide(Tensor.vector("x", .int32), 2).dtype == .int32)
  }

  @Test("comparisons give bool, and choices the promoted dtype of their branches")
  func choices() throws {
    let x = Tensor.vector("x", .float32), n = Tensor.vector("n", .int8)
    #expect(try (x .< n).dtype == .bool)
    #expect(try `where`(x .< n, x, n).dtype == .float32)
    #expect(try `where`(x .< n, x, 0).dtype == .float32)
  }

  @Test("sums of integers widen and sums of floats keep their dtype")
  func reductions() throws {
    #expect(try Tensor.vector("x", .bool).sum().dtype == .int64)
    #expect(try Tensor.vector("x", .int8).sum().dtype == .int64)
    #expect(try Tensor.vector("x", .uint8).sum().dtype == .uint64)
    #expect(try Tensor.vector("x", .float32).sum().dtype == .float32)
    #expect(try Tensor.vector("x", .int32).mean().dtype == .float64)
    #expect(try Tensor.vector("x", .float32).mean().dtype == .float32)
    #expect(try Tensor.vector("x", .float32).argmax().dtype == .int64)
    #expect(try Tensor.vector("x", .int32).any().dtype == .bool)
  }
}
