import Arrays
import SymbolicGraph
import Testing

@Suite("Views, joins and products in the reference back end")
struct ShapeTests {
  @Test("Views walk through the same elements otherwise")
  func views() throws {
    let x = try Tensor.constant(counting([2, 3, 4]))
    let turned = x.transpose([2, 0, 1])[.stride(by: -1)].reshape([6, 4])
    #expect(try run(turned[.stride(1..<5, by: 2)]) == [[19, 23, 2, 6], [1, 5, 9, 13]])
    #expect(try run(x[1, -1, 1..<3]) == [21, 22])
    #expect(try run(x[.ellipsis, .newAxis, 0]).shape == [2, 3, 1])
    #expect(try run(x[0..<0]).shape == [0, 3, 4])
    #expect(try run(x[0, 0].expandDims(0).squeeze()) == [0, 1, 2, 3])
    #expect(try run(x[0, 0].broadcast(to: [2, -1])) == [[0, 1, 2, 3], [0, 1, 2, 3]])
    #expect(try run(x.reshape([-1, 12])[1]) == .arange(12, 24))
    // Counted from the end of an axis whose length is not known before.
    for row in [x[0, 0], x[0, 0].reshape([-1])] {
      #expect(try run(row[..<(-1)]) == [0, 1, 2])
      #expect(try run(row[(-2)...]) == [2, 3])
      #expect(try run(row[-3 ... -2]) == [1, 2])
      #expect(try run(row[.stride(from: 1, to: -1)]) == [1, 2])
      #expect(try run(row[.stride(from: -3, to: nil, by: -1)]) == [1, 0])
      #expect(try run(row[.stride(from: -1, to: 0, by: -1)]) == [3, 2, 1])
      #expect(try run(row[.stride(from: -1, to: -3)]).shape == [0])
    }
  }

  @Test("Arrays are joined along any axis, in one dtype")
  func concatenation() throws {
    let a = try Tensor.constant(counting([2, 2]))
    let b = try Tensor.constant(counting([2, 1], .float32))
    #expect(
      try run(concatenate([a, b, a.transpose()], axis: 1)) == [
        [0.0, 1, 0, 0, 2], [2, 3, 1, 1, 3],
      ])
    #expect(try run(concatenate([a, a[0..<0], a[1...]])) == [[0, 1], [2, 3], [2, 3]])
  }

  @Test("Products of vectors and matrices")
  func products() throws {
    let m = try Tensor.constant(counting([2, 3], .float64)) + 0.5
    let n = try Tensor.constant(counting([3, 4], .float64)) - 3.25
    #expect(
      try run(matmul(m, n)) == [
        [11.375, 15.875, 20.375, 24.875], [18.125, 31.625, 45.125, 58.625],
      ])
    #expect(try run(matmul(m, n[.all, 0])) == [11.375, 18.125])
    #expect(try run(matmul(m[0], n)) == [11.375, 15.875, 20.375, 24.875])
    #expect(try run(dot(m[0], m[1])) == NDArray(22.25))
    #expect(try run(matmul(m[.all, 0..<0], n[0..<0])) == NDArray.zeros(shape: [2, 4]))
    let whole = try Tensor.constant(counting([2, 2], .uint8))
    #expect(try run(matmul(whole, whole)) == NDArray([2, 3, 6, 11] as [UInt8], shape: [2, 2]))
  }
}
