import Arrays
import Testing

@Suite("Scalar")
struct ScalarTests {
  @Test("Integers wrap when they are cast to integers")
  func wrap() {
    #expect(Scalar(300).cast(to: .int8) == Scalar(Int8(44)))
    #expect(Scalar(-1).cast(to: .uint16) == Scalar(UInt16.max))
    #expect(Scalar(UInt64.max).cast(to: .int64) == Scalar(-1))
    #expect(Scalar(UInt8(200)).cast(to: .int8) == Scalar(Int8(-56)))
  }

  @Test("Floats are truncated and saturate when they are cast to integers, and NaN becomes zero")
  func saturate() {
    #expect(Scalar(-2.9).cast(to: .int32) == Scalar(Int32(-2)))
    #expect(Scalar(300.0).cast(to: .int8) == Scalar(Int8.max))
    #expect(Scalar(-300.0).cast(to: .int8) == Scalar(Int8.min))
    #expect(Scalar(-1.0).cast(to: .uint64) == Scalar(UInt64.min))
    #expect(Scalar(0x1p63).cast(to: .int64) == Scalar(Int64.max))
    #expect(Scalar(0x1p64).cast(to: .uint64) == Scalar(UInt64.max))
    #expect(Scalar(Double.infinity).cast(to: .uint32) == Scalar(UInt32.max))
    #expect(Scalar(-Double.infinity).cast(to: .int16) == Scalar(Int16.min))
    #expect(Scalar(Float.nan).cast(to: .int64) == Scalar(0))
    #expect(Scalar(0x1.fffffep31 as Float).cast(to: .uint32) == Scalar(4_294_967_040 as UInt32))
  }

  @Test("All but zero is true, NaN included")
  func bools() {
    for value in [Scalar(2), Scalar(-0.5), Scalar(Double.nan), Scalar(UInt8(1))] {
      #expect(value.cast(to: .bool) == .bool(true))
    }
    for value in [Scalar(0), Scalar(-0.0), Scalar(false)] {
      #expect(value.cast(to: .bool) == .bool(false))
    }
    for dtype in DType.allCases {
      #expect(Scalar.one(dtype).asDouble == 1 && Scalar.one(dtype).dtype == dtype)
      #expect(Scalar.zero(dtype).asDouble == 0 && Scalar.zero(dtype).dtype == dtype)
    }
  }

  @Test("Values round once when they are cast to floats")
  func rounding() {
    #expect(Scalar(0.1).cast(to: .float32) == Scalar(Float(0.1)))
    #expect(Scalar(Int64.max).cast(to: .float64) == Scalar(0x1p63))
    // By way of a Double, this would round up to 2^54 + 2^31 first and then to even.
    let value = (1 << 54) + (1 << 30) + 1
    #expect(Scalar(value).cast(to: .float32) == Scalar(Float(value)))
  }

  @Test("A value is representable where a cast keeps it")
  func representable() {
    let kept: [(Scalar, [DType])] = [
      (Scalar(true), DType.allCases),
      (Scalar(1), DType.allCases),
      (Scalar(-1), [.int8, .int16, .int32, .int64, .float32, .float64]),
      (
        Scalar(UInt8(200)),
        [.int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float32, .float64]
      ),
      (Scalar(16_777_217), [.int32, .int64, .uint32, .uint64, .float64]),
      (Scalar(Int64.max), [.int64, .uint64]),
      (Scalar(UInt64.max), [.uint64]),
      (Scalar(0.5), [.float32, .float64]),
      (Scalar(0.1), [.float64]),
      (Scalar(1e300), [.float64]),
      (Scalar(Double.infinity), [.float32, .float64]),
      (Scalar(Double.nan), [.float32, .float64]),
      (Scalar(-0.0), [.float32, .float64]),
      (Scalar(0x1p63), [.uint64, .float32, .float64]),
    ]
    for (value, dtypes) in kept {
      #expect(DType.allCases.filter(value.isRepresentable) == dtypes, "\(value)")
    }
  }

  @Test("Scalars are equal when dtype and bits are")
  func equality() {
    #expect(Scalar(Double.nan) == Scalar(Double.nan))
    #expect(Scalar(0.0) != Scalar(-0.0))
    #expect(Scalar(1) != Scalar(1.0))
    #expect(Set([Scalar(1), Scalar(Int64(1)), Scalar(Int32(1))]).count == 2)
    #expect(Scalar(Int8(-1)).bitPattern == 0xFF)
    #expect(Scalar(Float(1)).bitPattern == 0x3F80_0000)
  }

  @Test("Scalars are spelled as in the texts of graphs")
  func text() {
    let values: [Scalar] = [
      Scalar(1), Scalar(1.0), Scalar(2.5), Scalar(-0.0), Scalar(1e16),
      Scalar(Double.leastNonzeroMagnitude),
      Scalar(Float(0.1)), Scalar(Double.infinity), Scalar(-Double.infinity), Scalar(Double.nan),
      Scalar(-Double.nan), Scalar(true), Scalar(UInt64.max), Scalar(Int64.min),
    ]
    #expect(
      values.map(\.description) == [
        "1", "1", "2.5", "-0", "1e+16", "5e-324", "0.1", "inf", "-inf", "nan", "nan", "true",
        "18446744073709551615", "-9223372036854775808",
      ])
  }
}
