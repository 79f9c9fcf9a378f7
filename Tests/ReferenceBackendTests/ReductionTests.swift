import Arrays
import SymbolicGraph
import Testing

@Suite("Reductions in the reference back end")
struct ReductionTests {
  @Test("Any axes go, and stay with length 1 where asked")
  func axes() throws {
    let x = try Tensor.constant(counting([2, 3, 4]))
    #expect(try run(x.sum()) == NDArray(276))
    #expect(try run(x.sum(axes: [0, 2])) == [60, 92, 124])
    #expect(try run(x.sum(axes: [0, -1], keepDims: true)) == [[[60], [92], [124]]])
    #expect(try run(x.prod(axes: [0, 1])) == [0, 208845, 665280, 1_514_205])
    #expect(try run(x.max(axes: [1])) == [[8, 9, 10, 11], [20, 21, 22, 23]])
    #expect(try run(x.sum(axes: [])) == counting([2, 3, 4]))
    #expect(try run((x % 5).argmax(axes: [2])) == [[3, 0, 1], [2, 3, 3]])
    #expect(try run(x.transpose([1, 2, 0]).argmin()) == NDArray(0))
    #expect(try run(x.mean(axes: [1])) == [[4.0, 5, 6, 7], [16, 17, 18, 19]])
  }

  @Test("Extremes pass a NaN on, and positions point at the first one")
  func nan() throws {
    let z = Tensor.constant([[1.5, .init(Double.nan), -2], [0.25, .init(Double.infinity), -1]])
    let peaks = try run(z.max(axes: [1])).elements(as: Double.self)
    #expect(peaks[0].isNaN && peaks[1] == .infinity)
    #expect(try run(z.argmax(axes: [1])) == [1, 1])
    #expect(try run(z.argmin(axes: [1])) == [1, 2])
    #expect(try run(z.argmax()) == NDArray(1))
  }

  @Test("Positions are those of the first of equal elements")
  func ties() throws {
    let x = Tensor.constant([[3, 1, 3], [1, 3, 1]])
    #expect(try run(x.argmax()) == NDArray(0))
    #expect(try run(x.argmin(axes: [1])) == [1, 0])
    #expect(try run((x .> 2).argmax(axes: [0])) == [0, 1, 0])
  }

  @Test("Values combine in the dtype of the accumulator")
  func accumulators() throws {
    let x = Tensor.constant(NDArray([16_777_216, 1, 1] as [Float]))
    #expect(try run(x.sum()) == NDArray(Float(16_777_218)))
    #expect(try run(x.sum(accumulator: .float32)) == NDArray(Float(16_777_216)))
    let y = Tensor.constant(NDArray([100, 100] as [Int8]))
    #expect(try run(y.sum()) == NDArray(200))
    #expect(try run(y.sum(dtype: .int8)) == NDArray(Int8(-56)))
    #expect(try run(y.sum(dtype: .int32, accumulator: .int8)) == NDArray(Int32(-56)))
    #expect(try run(Tensor.constant(NDArray([200, 100] as [UInt8])).sum()) == NDArray(UInt64(300)))
    #expect(try run(Tensor.constant([true, true]).sum()) == NDArray(2))
    #expect(try run(Tensor.constant([true, true]).sum(dtype: .bool)) == NDArray(true))
    #expect(try run(Tensor.constant([0.5, 1.5, -2.5]).prod(accumulator: .int64)) == NDArray(0.0))
  }

  @Test("Zero elements sum to 0 and multiply to 1, and have no extreme")
  func empty() throws {
    let x = Tensor.constant(NDArray.zeros(shape: [2, 0]))
    #expect(try run(x.sum(axes: [1])) == [0.0, 0.0])
    #expect(try run(x.prod(axes: [1])) == [1.0, 1.0])
    #expect(try run(x.any(axes: [1])) == [false, false])
    #expect(try run(x.all(axes: [1])) == [true, true])
    #expect(try run(x.max(axes: [0])).shape == [0])
    #expect(try run(x.mean(axes: [1])).elements(as: Double.self).allSatisfy { $0.isNaN })
    let y = Tensor.vector("y")
    let error = #expect(throws: GraphError.self) {
      try run(y.max(), (y, NDArray.zeros(shape: [0])))
    }
    #expect(error?.message == "max: needs at least one element; axis 0 has length 0")
  }

  @Test("Any and all ask whether elements are other than zero")
  func logic() throws {
    let x = Tensor.constant([[0.0, 0.5], [0.0, 0.0], [.init(Double.nan), 1.0]])
    #expect(try run(x.any(axes: [1])) == [true, false, true])
    #expect(try run(x.all(axes: [1])) == [false, false, true])
    #expect(try run((x .> 0).max(axes: [0])) == [false, true])
  }
}
