import Arrays
import Testing

@Suite("Indexing")
struct IndexingTests {
  @Test("Indices, ranges, new axes and an ellipsis select views")
  func select() throws {
    let a = try NDArray.arange(24).reshaped([2, 3, 4])
    #expect(try a[1].shape == [3, 4])
    #expect(try a[1, 0..<2, -1].elements(as: Int.self) == [15, 19])
    #expect(try a[.ellipsis, 0].elements(as: Int.self) == [0, 4, 8, 12, 16, 20])
    #expect(try a[.all, .newAxis, 1...].shape == [2, 1, 2, 4])
    #expect(try a[0, 0, .stride(by: -1)].elements(as: Int.self) == [3, 2, 1, 0])
    #expect(try a[0, 0, .stride(1..<4, by: 2)].elements(as: Int.self) == [1, 3])
    #expect(try a[0, 2, 1, as: Int.self] == 9)
  }
}
