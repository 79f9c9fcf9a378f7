import Arrays
import Glibc
import Scalars
import Testing

@Suite struct PowerTests {
  private func power(_ dtype: DType) -> (Double, Double) -> Scalar {
    let program = ScalarOp.pow.composite(dtype).lowered()
    return { a, b in
      program.evaluate([
        Scalar.float(a, .float64).cast(to: dtype), Scalar.float(b, .float64).cast(to: dtype),
      ])[0]
    }
  }

  @Test("limits, zeros, NaN and the signs of odd powers are those of C")
  func specialCases() {
    for dtype in [DType.float32, .float64] {
      let power = power(dtype),
        edges = dtype.edges.map(\.asDouble) + [-2.5, 5, 1e30, 0x1p66, 0x1p40]
      for a in edges {
        for b in edges {
          let result = power(a, b), exact = Glibc.pow(a, b)
          #expect(
            ulps(result, from: exact) <= (dtype == .float32 ? 0.7 : 2), "\(a) ** \(b), \(dtype)")
        }
      }
    }
  }

  @Test("powers are exact to a unit all over the range")
  func accuracy() {
    var numbers = Numbers(seed: 5)
    for dtype in [DType.float32, .float64] {
      var evaluator = LaneEvaluator(ScalarOp.pow.composite(dtype).lowered())
      var worst = (ulps: 0.0, "")
      for number in 0..<6000 {
        // Powers between the smallest subnormal number and the greatest, of bases near 1 and far.
        let far = Scalar(bitPattern: numbers.next() >> UInt64(65 - dtype.bitWidth), dtype).asDouble
        let a = Scalar.float(
          number % 2 == 0 ? far : Double.random(in: 0.7...1.4, using: &numbers), .float64
        ).cast(to: dtype)
        let limits = dtype == .float32 ? -104.0...89 : -745.0...710
        let exponent = Double.random(in: limits, using: &numbers) / log(a.asDouble)
        let b = Scalar.float(exponent, .float64).cast(to: dtype)
        let result = Scalar(bitPattern: evaluator([a.bitPattern, b.bitPattern])[0], dtype)
        let error = ulps(result, from: Glibc.pow(a.asDouble, b.asDouble))
        if error > worst.ulps { worst = (error, "\(a) ** \(b)") }
      }
      #expect(worst.ulps <= (dtype == .float32 ? 0.7 : 1.9), "\(worst)")
    }
  }

  @Test("whole powers of whole numbers are exact")
  func wholePowers() {
    let power = power(.float64)
    for a in 2...60 {
      var (exact, b) = (Double(a), 1)
      while exact <= 0x1p53 {
        #expect(power(Double(a), Double(b)) == Scalar(exact), "\(a) ** \(b)")
        (exact, b) = (exact * Double(a), b + 1)
      }
    }
  }

  @Test("powers of small integers are those of repeated multiplication, wrapping")
  func integers() {
    for dtype in [DType.int8, .uint8] {
      var evaluator = LaneEvaluator(ScalarOp.pow.composite(dtype).lowered())
      for a in UInt64(0)...255 {
        for b in (UInt64(0)...40).map({ ($0 &- 6) & 255 }) {
          let operands = [Scalar(bitPattern: a, dtype), Scalar(bitPattern: b, dtype)]
          let result = Scalar(bitPattern: evaluator([a, b])[0], dtype)
          #expect(result == ScalarOp.pow.evaluate(operands, as: dtype), "\(operands)")
        }
      }
    }
  }

  @Test("powers of wide integers wrap, and truncate for negative exponents")
  func wideIntegers() {
    for dtype in [DType.int16, .int32, .int64, .uint16, .uint32, .uint64] {
      let program = ScalarOp.pow.composite(dtype).lowered()
      for a in dtype.edges + dtype.samples(10, in: 0...1, seed: 7) {
        for b in dtype.edges {
          #expect(
            program.evaluate([a, b])[0] == ScalarOp.pow.evaluate([a, b], as: dtype), "\(a) ** \(b)")
        }
      }
    }
  }
}
