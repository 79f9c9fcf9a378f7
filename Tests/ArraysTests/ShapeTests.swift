import Arrays
import Testing

@Suite("Shape")
struct ShapeTests {
  @Test("The count of elements is checked")
  func count() {
    #expect(Shape.count([]) == 1)
    #expect(Shape.count([2, 3, 4]) == 24)
    #expect(Shape.count([2, 0]) == 0)
    #expect(Shape.count([-1]) == nil)
    #expect(Shape.count([-1, 0]) == nil)
    #expect(Shape.count([1 << 32, 1 << 32]) == nil)
    #expect(Shape.count([1 << 32, 1 << 32, 0]) == nil)
  }

  @Test("Contiguous means that walking in C order walks through memory")
  func contiguous() {
    #expect(Shape.contiguousStrides([2, 3, 4]) == [12, 4, 1])
    #expect(Shape.isContiguous([2, 3], strides: [3, 1]))
    #expect(!Shape.isContiguous([2, 3], strides: [1, 2]))
    #expect(Shape.isContiguous([1, 3], strides: [77, 1]))
    #expect(Shape.isContiguous([0, 3], strides: [5, 5]))
    #expect(Shape.isContiguous([3, 0], strides: [5, 5]))
    #expect(!Shape.isContiguous([3], strides: [-1]))
    #expect(!Shape.isContiguous([3], strides: [0]))
  }

  @Test("Runs join the axes that lie behind one another")
  func runs() {
    let whole = StridedRuns(shape: [2, 3, 4], strides: [12, 4, 1])
    #expect(whole.length == 24 && whole.stride == 1 && Array(whole) == [0])
    let half = StridedRuns(shape: [2, 3, 4], strides: [24, 8, 2], offset: 5)
    #expect(half.length == 24 && half.stride == 2 && Array(half) == [5])
    let turned = StridedRuns(shape: [2, 3], strides: [1, 2])
    #expect(turned.length == 3 && turned.stride == 2 && Array(turned) == [0, 1])
    let single = StridedRuns(shape: [], strides: [], offset: 7)
    #expect(single.length == 1 && Array(single) == [7])
    #expect(Array(StridedRuns(shape: [2, 0], strides: [1, 1])) == [])
    let repeated = StridedRuns(shape: [3, 2], strides: [0, 1])
    #expect(repeated.length == 2 && Array(repeated) == [0, 0, 0])
  }
}
