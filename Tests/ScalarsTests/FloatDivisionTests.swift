import Arrays
import Scalars
import Testing

@Suite struct FloatDivisionTests {
  /// Operands, quotient rounded down, remainder.
  static let rows: [(a: Double, b: Double, quotient: Double, remainder: Double)] = [
    (7, 2, 3, 1), (-7, 2, -4, 1), (7, -2, -4, -1), (-7, -2, 3, -1), (6, 3, 2, 0), (6, -3, -2, -0.0),
    (-0.0, 5, -0.0, 0), (0.3, 0.1, 2, 0.09999999999999998), (-1e-20, 1, -1, 1),
    (5, .infinity, 0, 5), (-5, .infinity, -1, .infinity), (5, -.infinity, -1, -.infinity),
    (.infinity, 5, .nan, .nan), (-.infinity, 5, .nan, .nan), (.infinity, .infinity, .nan, .nan),
    (.infinity, 0, .infinity, .nan), (.infinity, -0.0, -.infinity, .nan),
    (-.infinity, 0, -.infinity, .nan), (.nan, 0, .nan, .nan), (5, .nan, .nan, .nan),
    (1, 0, .infinity, .nan), (-1, 0, -.infinity, .nan), (0, .infinity, 0, 0),
    (0, 0, .nan, .nan), (.nan, 1, .nan, .nan), (1, .nan, .nan, .nan),
    (0x1p60, 3, 0x1p60 / 3, 0), (-0x1p60, 3, -0x1p60 / 3, 0), (0x1p60, -3, -0x1p60 / 3, -0.0),
    (1e308, 1e-308, .infinity, 0), (.infinity, 1e-308, .nan, .nan), (-1e-300, 1e308, -1, 1e308),
    (9_007_199_254_740_991, 2, 4_503_599_627_370_495, 1),
  ]

  @Test("quotients are rounded down and remainders have the divisor's sign", arguments: rows)
  func row(_ row: (a: Double, b: Double, quotient: Double, remainder: Double)) {
    let operands = [Scalar(row.a), Scalar(row.b)]
    for (op, expected) in [(ScalarOp.floorDiv, row.quotient), (.mod, row.remainder)] {
      let results = [
        op.evaluate(operands, as: .float64), op.composite(.float64).lowered().evaluate(operands)[0],
      ]
      for result in results {
        #expect(result == Scalar(expected) || result.asDouble.isNaN && expected.isNaN, "\(op)")
      }
    }
  }

  @Test("float32 remainders are exact beyond the whole numbers of float32")
  func float32() {
    let operands = [Scalar(Float(1e9)), Scalar(Float(7))]
    let remainder = ScalarOp.mod.composite(.float32).lowered().evaluate(operands)[0]
    #expect(remainder == Scalar(Float(1_000_000_000 % 7)))
  }
}
