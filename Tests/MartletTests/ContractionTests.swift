import Martlet
import Testing

/// What is exactly zero with rounded products stays so where products are contracted with sums.
@Suite("Contractions")
struct ContractionTests {
  private let x = Tensor.vector("x"), y = Tensor.vector("y")
  private let m = Tensor.matrix("m"), n = Tensor.matrix("n")

  @Test("A product less what is made of it leaves nothing of its rounding", arguments: [1, 4, 100])
  func exact(count: Int) throws {
    let q = x * y, a = Self.values([count], seed: 1), b = Self.values([count], seed: 2)
    let zeros: [(String, Tensor)] = [
      ("less its greatest", max(q - q.max(), 0).sum()),
      ("less its least", min(q - q.min(), 0).sum()),
      ("less its first", (q - q[0])[0]), ("less itself cut off", q - clip(q, -5, 5)),
      ("less itself chosen", q - `where`(q .> -2, q, 0)),
      ("less a part", (q[..<1] - q.max()) * (q[..<1] .== q.max())),
      ("and its negative", q + (-x) * y), ("and its relu", q + max(-x * y, 0) - relu(q)),
      ("of one element", (q.expandDims(1)).std(axes: [1])), ("less another", x * y - (x + 0.0) * y),
    ]
    for (name, zero) in zeros {
      let result = try Function([x, y], zero)(a, b)
      #expect(
        try result.elements(as: Double.self).allSatisfy { $0 == 0 }, "a product \(name): \(result)")
    }
    let least = try Function([x, y], sqrt(q.max() - q).min())(a, b)
    #expect(try least.elements(as: Double.self) == [0])
  }

  @Test("A whole number has no fraction")
  func fraction() throws {
    let tenths = NDArray([0.7, 0.3, 0.1, 1.1] as [Double])
    let missing = try Function([x], x * 10 - -floor(-x * 10))(tenths)
    #expect(try missing.elements(as: Double.self) == [0, 0, 0, 0])
    let parts = try Function([x], x * 10 - floor(x * 10))(tenths)
    #expect(try parts.elements(as: Double.self) == [0, 0, 0, 0])
  }

  @Test("What is symmetric less its transpose is zero on the diagonal")
  func transpose() throws {
    let p = m * n
    let differences = try Function([m, n], p - p.transpose())(
      Self.values([7, 7], seed: 3), Self.values([7, 7], seed: 4))
    let elements = try differences.elements(as: Double.self)
    #expect((0..<7).allSatisfy { elements[8 * $0] == 0 })
    let outer = try Function([x], x.expandDims(1) * x - (x.expandDims(1) * x).transpose())(
      Self.values([9], seed: 5))
    #expect(try outer.elements(as: Double.self).allSatisfy { $0 == 0 })
  }

  @Test("Differences of equal products are zero")
  func products() throws {
    let a = Self.values([5], seed: 6)
    let squares = try Function([x, y], sqrt(x * x - y * y))(a, a)
    #expect(try squares.elements(as: Double.self).allSatisfy { $0 == 0 })
    let rows = try NDArray([0.1, 0.3, 0.1, 0.3] as [Double]).reshaped([2, 2])
    let determinant = try Function([m], m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0])(rows)
    #expect(try determinant.elements(as: Double.self) == [0])
  }

  private static func values(_ shape: [Int], seed: UInt64) -> NDArray {
    NDArray.uniform(0...1, shape: shape, seed: seed)
  }
}
