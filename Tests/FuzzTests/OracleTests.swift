import Arrays
import SymbolicGraph
import TestSupport
import Testing

@Suite("Bounds of rounding errors")
struct OracleTests {
  /// Returns the bounds of the elements of an expression.
  private func bounds(_ output: Tensor) throws -> [Double] {
    let bounded = try Oracle.run(Graph(inputs: [], outputs: [output]), [])[0]
    let exact = [Double](repeating: 0, count: bounded.value.count)
    return try bounded.bound?.doubles ?? exact
  }

  private let x = Tensor.constant([0.1, 2, 3])

  @Test("What IEEE 754 rounds correctly is exact, until something uncertain goes in")
  func arithmetic() throws {
    #expect(try bounds(x * 0.3) == [0, 0, 0])
    #expect(try bounds(x / 7 - x)[0] > 0)
    #expect(try bounds(exp(x)).allSatisfy { $0 > 0 && $0 < 2e-14 })
    #expect(try bounds(exp(x) + 1).allSatisfy { $0 > 0 && $0 < 2e-14 })
    #expect(try bounds(abs(exp(x))) == bounds(exp(x)))
  }

  @Test("A product that goes into a sum may not have been rounded")
  func contraction() throws {
    let product = x * 0.3
    #expect(try bounds(product + 1)[0] > 0)
    #expect(try bounds(x * 0.5 + 1) == [0, 0, 0])
  }

  @Test("Comparisons within the bounds may come out either way")
  func comparisons() throws {
    let e = log(exp(x))
    #expect(try bounds(e .<= x) == [.infinity, .infinity, .infinity])
    #expect(try bounds(e .<= x + 1) == [0, 0, 0])
    #expect(try bounds(cast(e, to: .int32)) == [0, .infinity, .infinity])
    #expect(try bounds(`where`(e .<= x, x, x)) == [0, 0, 0])
    #expect(try bounds(e.argmax()) == [0])
    #expect(try bounds(concatenate([e, x]).argmax()) == [.infinity])
  }

  @Test("Sums are exact where every order gives the same")
  func sums() throws {
    #expect(try bounds(Tensor.constant([0.25, 2, 3]).sum()) == [0])
    #expect(try bounds(matmul(.constant([0.25, 2, 3]), .constant([0.5, 1, 1]))) == [0])
    let sum = try bounds(x.sum())[0]
    #expect(sum > 0 && sum < 1e-14)
    #expect(try bounds(Tensor.constant([1e308, 1e308, -1e308]).sum()) == [.infinity])
    #expect(try bounds(Tensor.constant([1, .init(Double.nan), 5]).sum()) == [0])
  }

  @Test("What overflows on the way may not have where the optimizer is at work")
  func overflow() throws {
    let large = exp(Tensor.constant([10.0, 1000]))
    #expect(try bounds(large)[1] == 0)
    #expect(try bounds(log(large + 1))[1] == .infinity)
    #expect(try bounds(log(large + 1))[0] < 1e-14)
    let small = exp(Tensor.constant([-10.0, -1000]))
    #expect(try bounds(small)[1] < 1e-300)
    #expect(try bounds(log(small))[1] == .infinity)
  }
}
