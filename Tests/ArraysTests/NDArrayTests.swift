import Arrays
import Testing

@Suite("NDArray")
struct NDArrayTests {
  @Test("Nested literals give the shape and the dtype their parts promote to")
  func literals() throws {
    let a: NDArray = [[1, 2], [3, 4]]
    #expect(a.dtype == .int64)
    #expect(a.shape == [2, 2])
    #expect(a.strides == [2, 1])
    #expect(try a.elements(as: Int.self) == [1, 2, 3, 4])
    let b: NDArray = [1, 2.5]
    #expect(b.dtype == .float64)
    #expect(try b.elements(as: Double.self) == [1, 2.5])
    let empty: NDArray = []
    #expect(empty.dtype == .float64 && empty.shape == [0])
  }

  @Test("A ragged literal is poisoned, and what takes it throws")
  func raggedLiteral() throws {
    let a: NDArray = [[1, 2], [3]]
    let text = """
      array literal: elements must have equal shapes; element 0 has [2], element 1 has [1]
      """
    let error = try #require(a.error)
    #expect(error.description == text)
    #expect(throws: error) { try a.elements(as: Int.self) }
    #expect(throws: error) { try a.transposed() }
  }

  @Test("Views share their elements until one is written to")
  func views() throws {
    var a = try NDArray([0, 1, 2, 3, 4, 5], shape: [2, 3])
    let b = try a.transposed()
    #expect(b.shape == [3, 2] && !b.isContiguous)
    #expect(try b.elements(as: Int.self) == [0, 3, 1, 4, 2, 5])
    try a.setElement(at: [0, 1], to: 9)
    #expect(try a.elements(as: Int.self) == [0, 9, 2, 3, 4, 5])
    #expect(try b.elements(as: Int.self) == [0, 3, 1, 4, 2, 5])
    #expect(try a[-1, -1, as: Int.self] == 5)
    let c = try a.slice(axis: 1, 0..<3, step: -2)
    #expect(try c.elements(as: Int.self) == [2, 0, 5, 3])
    let d = try NDArray([1, 2]).expandedDims(1).broadcast(to: [2, 3])
    #expect(try d.elements(as: Int.self) == [1, 1, 1, 2, 2, 2])
    #expect(try d.reshaped([3, -1]).elements(as: Int.self) == [1, 1, 1, 2, 2, 2])
  }
}
