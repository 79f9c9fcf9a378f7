import Arrays
import Testing

@Suite("Type promotion")
struct TypePromotionTests {
  @Test("The table is NumPy's")
  func numPy() {
    // A frozen copy of `numpy.result_type` (2.4.6), a row a dtype, in the order of `DType.allCases`.
    let rows = [
      "bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64",
      "i8 i8 i16 i32 i64 i16 i32 i64 f64 f32 f64",
      "i16 i16 i16 i32 i64 i16 i32 i64 f64 f32 f64",
      "i32 i32 i32 i32 i64 i32 i32 i64 f64 f64 f64",
      "i64 i64 i64 i64 i64 i64 i64 i64 f64 f64 f64",
      "u8 i16 i16 i32 i64 u8 u16 u32 u64 f32 f64",
      "u16 i32 i32 i32 i64 u16 u16 u32 u64 f32 f64",
      "u32 i64 i64 i64 i64 u32 u32 u32 u64 f64 f64",
      "u64 f64 f64 f64 f64 u64 u64 u64 u64 f64 f64",
      "f32 f32 f32 f64 f64 f32 f32 f64 f64 f32 f64",
      "f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64",
    ]
    let ours = DType.allCases.map { a in
      DType.allCases.map { TypePromotion.promote(a, $0).shortName }.joined(separator: " ")
    }
    #expect(ours == rows)
  }

  @Test("Several dtypes are promoted from left to right, and none to none")
  func several() {
    #expect(TypePromotion.promote([.int8, .uint8, .float32]) == .float32)
    #expect(TypePromotion.promote([.bool]) == .bool)
    #expect(TypePromotion.promote([]) == nil)
  }
}
