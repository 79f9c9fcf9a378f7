import Arrays
import Testing

@Suite("DType")
struct DTypeTests {
  @Test("Each dtype has a name, a short name, a size and a family")
  func properties() {
    let rows = DType.allCases.map {
      "\($0) \($0.shortName) \($0.byteCount) "
        + ($0.isFloating
          ? "floating" : $0.isUnsigned ? "unsigned" : $0.isInteger ? "signed" : "bool")
    }
    #expect(
      rows == [
        "bool bool 1 bool",
        "int8 i8 1 signed", "int16 i16 2 signed", "int32 i32 4 signed", "int64 i64 8 signed",
        "uint8 u8 1 unsigned", "uint16 u16 2 unsigned", "uint32 u32 4 unsigned",
        "uint64 u64 8 unsigned", "float32 f32 4 floating", "float64 f64 8 floating",
      ])
  }

  @Test("The place of a dtype in tables is its place in the list of cases")
  func index() {
    #expect(DType.allCases.map(\.index) == Array(0..<11))
  }

  @Test("Swift's types stand for the dtypes with their layout")
  func elements() {
    #expect(Int.dtype == .int64 && UInt.dtype == .uint64)
    #expect(Float.dtype == .float32 && Double.dtype == .float64)
    for dtype in DType.allCases {
      var visitor = StrideVisitor()
      #expect(dtype.visit(&visitor) == dtype.byteCount)
    }
  }

  private struct StrideVisitor: ElementVisitor {
    func visit<Element: CastableElement>(_ type: Element.Type) -> Int {
      MemoryLayout<Element>.stride
    }
  }
}
