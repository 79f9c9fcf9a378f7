import Arrays
import Testing

@Suite("Broadcasting")
struct BroadcastingTests {
  @Test("Shapes meet from their last axes on, and length 1 is repeated")
  func shapes() {
    #expect(Broadcasting.shape([], []) == [])
    #expect(Broadcasting.shape([3], []) == [3])
    #expect(Broadcasting.shape([2, 1, 4], [3, 1]) == [2, 3, 4])
    #expect(Broadcasting.shape([1], [0]) == [0])
    #expect(Broadcasting.shape([2, 0], [1, 1]) == [2, 0])
    #expect(Broadcasting.shape([2], [0]) == nil)
    #expect(Broadcasting.shape([3, 4], [3]) == nil)
    #expect(Broadcasting.shape([[4, 1], [3], [2, 1, 1]]) == [2, 4, 3])
    #expect(Broadcasting.shape([[2], [3]]) == nil)
  }

  @Test("The clash that is named is the last one, as an axis of the result")
  func clash() {
    #expect(Broadcasting.clash([3, 4], [5]) == 1)
    #expect(Broadcasting.clash([2, 3, 4], [5, 3, 1]) == 0)
    #expect(Broadcasting.clash([3, 4], [1, 4]) == nil)
  }

  @Test("Repeated axes have stride 0")
  func strides() {
    #expect(Broadcasting.strides([3, 1], [1, 1], to: [2, 3, 4]) == [0, 1, 0])
    #expect(Broadcasting.strides([3], [1], to: [4]) == nil)
    #expect(Broadcasting.strides([1, 3], [3, 1], to: [3]) == nil)
  }
}
