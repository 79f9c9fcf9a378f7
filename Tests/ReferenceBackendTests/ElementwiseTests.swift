import Arrays
import SymbolicGraph
import Testing

@Suite("Elementwise operations in the reference back end")
struct ElementwiseTests {
  @Test("Integers divide and wrap as NumPy's")
  func integers() throws {
    let a = Tensor.constant(NDArray([-7, -3, 0, 3, 7] as [Int8]))
    let b = Tensor.constant(NDArray([3, -2, 5, -2, 2] as [Int8]))
    #expect(try run(floorDivide(a, b)) == NDArray([-3, 1, 0, -2, 3] as [Int8]))
    #expect(try run(a % b) == NDArray([2, -1, 0, -1, 1] as [Int8]))
    #expect(try run(a ** abs(b)) == NDArray([-87, 9, 0, 9, 49] as [Int8]))
    let c = Tensor.constant(NDArray([250, 5] as [UInt8]))
    #expect(try run(c + c) == NDArray([244, 10] as [UInt8]))
    #expect(try run(c - 6) == NDArray([244, 255] as [UInt8]))
    #expect(try run(floorDivide(c, 4)) == NDArray([62, 1] as [UInt8]))
    #expect(try run(floorDivide(c, 0)) == NDArray([0, 0] as [UInt8]))
  }

  @Test("Unsigned 64-bit values beyond the signed ones compare, divide and convert as such")
  func largeUnsigned() throws {
    let a = Tensor.constant(NDArray([.max, 1 << 63, 7] as [UInt64]))
    #expect(try run(a .> 9) == NDArray([true, true, false]))
    #expect(try run(floorDivide(a, 2)) == NDArray([.max / 2, 1 << 62, 3] as [UInt64]))
    #expect(try run(max(a, 9)) == NDArray([.max, 1 << 63, 9] as [UInt64]))
    #expect(try run(cast(a, to: .float64)) == NDArray([0x1p64, 0x1p63, 7]))
  }

  @Test("Floats divide, round and keep the sign of zero as NumPy's")
  func floats() throws {
    let x = Tensor.constant(NDArray([-7.5, -3, 0, 3, 7.5]))
    let y = Tensor.constant(NDArray([2.0, -2, 5, -2, 2]))
    #expect(try run(floorDivide(x, y)) == NDArray([-4.0, 1, 0, -2, 3]))
    #expect(try run(x % y) == NDArray([0.5, -1, 0, -1, 1.5]))
    #expect(
      try run(abs(x) ** y) == NDArray([56.25, 0.1111111111111111, 0, 0.1111111111111111, 56.25]))
    let halves = Tensor.constant(NDArray([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]))
    #expect(try run(round(halves)) == NDArray([-2.0, -2, 0, 0, 2, 2]))
    #expect(try run(1 / round(halves)).element(at: [2], as: Double.self) == -.infinity)
    #expect(try run(min(.constant(NDArray([1, .nan])), 0)).elements(as: Double.self)[1].isNaN)
  }

  @Test("float32 is computed in float64 and rounded once")
  func single() throws {
    let x = Tensor.constant(NDArray([0.1, 0.7, 2.5] as [Float]))
    #expect(
      try run(exp(x))
        == NDArray([1.1051709651947021, 2.0137526988983154, 12.182494163513184] as [Float]))
    #expect(
      try run(log1p(x))
        == NDArray([0.09531018137931824, 0.5306282639503479, 1.2527629137039185] as [Float]))
    #expect(
      try run(tanh(x))
        == NDArray([0.0996679961681366, 0.6043677926063538, 0.9866142868995667] as [Float]))
    #expect(
      try run(sin(x))
        == NDArray([0.0998334214091301, 0.6442176699638367, 0.5984721183776855] as [Float]))
    #expect(try run(x * x - x).dtype == .float32)
  }

  @Test("Activations have the values of their formulas")
  func activations() throws {
    let x = Tensor.constant(NDArray([0.5, -1.25]))
    #expect(try run(erf(x)) == NDArray([0.5204998778130465, -0.9229001282564582]))
    #expect(try run(sigmoid(x)) == NDArray([0.6224593312018546, 0.22270013882530884]))
    #expect(try run(softplus(x)) == NDArray([0.9740769841801067, 0.2519290813453729]))
    #expect(try run(relu(x)) == NDArray([0.5, 0]))
    #expect(try run(clip(x, -1, 0.25)) == NDArray([0.25, -1]))
  }

  @Test("Choices take from either side, whatever the other holds")
  func choices() throws {
    let x = Tensor.constant(NDArray([4, -4, .nan]))
    #expect(try run(`where`(x .>= 0, sqrt(x), -1)) == NDArray([2.0, -1, -1]))
    #expect(try run(`where`(.!(x .>= 0), 7, 8)) == NDArray([8, 7, 7]))
  }

  @Test("Casts truncate and saturate floats, and wrap integers")
  func casts() throws {
    let x = Tensor.constant(NDArray([-1.9, 300.5, .nan, .infinity]))
    #expect(try run(cast(x, to: .int8)) == NDArray([-1, 127, 0, 127] as [Int8]))
    #expect(try run(cast(x, to: .bool)) == NDArray([true, true, true, true]))
    #expect(try run(cast(.constant([257, -1]), to: .uint8)) == NDArray([1, 255] as [UInt8]))
  }

  @Test("Operands broadcast, also when they have no elements")
  func broadcast() throws {
    let column = try Tensor.constant(counting([3, 1]))
    let row = try Tensor.constant(counting([2]))
    #expect(try run(column * 10 + row) == [[0, 1], [10, 11], [20, 21]])
    #expect(try run(column + .constant(NDArray.zeros(.int64, shape: [0]))).shape == [3, 0])
  }
}
