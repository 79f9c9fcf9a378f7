import Martlet
import Testing

@Suite("Variances in one pass")
struct VarianceTests {
  let x = Tensor.matrix("x", .float32)

  @Test("are one kernel, the mean included")
  func kernels() throws {
    let mean = x.mean(axes: [0], keepDims: true)
    let columns = try Session().function([x], [mean, square(x - mean).mean(axes: [0])])
    #expect(columns.kernelCount == 1)
    #expect(try Session().function([x], [x.variance(), x.mean()]).kernelCount == 1)
    #expect(try Session().function([x], x.std(axes: [0])).kernelCount == 1)
  }

  /// Shapes with and without whole vectors, strips and chunks.
  private static let shapes = [
    [1, 1], [2, 3], [5, 64], [31, 200], [300, 129], [17, 5000], [9000, 7],
  ]

  @Test("are as close as float32 can be, however far from zero the elements are", arguments: shapes)
  func accuracy(shape: [Int]) throws {
    let (rows, columns) = (shape[0], shape[1])
    let noise = NDArray.uniform(-1...1, .float64, shape: shape, seed: 3)
    let function = try Session().function([x], [x.variance(axes: [0]), x.variance()])
    for (offset, scale) in [(0.0, 1.0), (1e6, 1), (-3e7, 100), (1e-3, 1e-6), (0, 1e18), (5, 0)] {
      let elements = try noise.elements(as: Double.self)
        .map { Double(Float(offset + scale * $0)) }
      let array = try NDArray(elements).cast(to: .float32).reshaped(shape)
      let results = try function(array)
      for column in 0..<columns {
        let own = (0..<rows).map { elements[$0 * columns + column] }
        try expectClose(results[0].elements(as: Float.self)[column], own)
      }
      try expectClose(results[1].scalar(as: Float.self), elements)
    }
  }

  /// Checks a variance against one of two passes in `float64`.
  private func expectClose(_ result: Float, _ elements: [Double]) throws {
    let count = Double(elements.count), mean = elements.reduce(0, +) / count
    let expected = Float(elements.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / count)
    #expect(abs(result - expected) <= 2 * expected.ulp, "\(result), not \(expected)")
  }

  @Test("are divided by what is left of the number of elements, whatever is taken from it")
  func corrections() throws {
    let x = Tensor.vector("x")
    let wanted: [(Int, Double)] = [(0, 1.25), (1, 5.0 / 3), (3, 5), (-1, 1), (.min, 5 * 0x1p-63)]
    for (correction, variance) in wanted {
      let function = try Session().function([x], x.variance(correction: correction))
      #expect(try function([1.0, 2, 3, 4]).scalar(as: Double.self) == variance)
    }
    let none = try Session().function([x], x.variance(correction: .max))
    #expect(try none([1.0, 2, 3, 4]).scalar(as: Double.self) == .infinity)
  }

  @Test("of a far first element among equal ones lose no more than their derivation says")
  func farFirst() throws {
    var elements = [Float](repeating: 0.1, count: 100_000)
    elements[0] = 1e6
    let array = try NDArray(elements).reshaped([100_000, 1])
    let outputs = try Session().function([x], [x.variance(), x.variance(axes: [0])])(array)
    let n = 100_000.0, distance = 1e6 - Double(Float(0.1))
    let expected = distance * distance * (n - 1) / (n * n)
    for output in outputs {
      let value = try output.elements(as: Float.self)[0]
      #expect(abs(Double(value) / expected - 1) < 1e-6)
    }
  }

  @Test("of products are those of the rounded ones, whose sum is of exact ones")
  func products() throws {
    let (v, w) = (Tensor.vector("v", .float32), Tensor.vector("w", .float32))
    let noise = try NDArray.uniform(0...1, .float64, shape: [1000], seed: 21).elements(
      as: Double.self)
    let factors = NDArray(noise.map { Float(1.1 + 1e-4 * $0) }),
      thirds = NDArray.full(Float(1.3333334), shape: [1000])
    for product in [
      v * w, v * 3, square(v), v ** 3, v ** -2, (v * w)[1...], concatenate([v * 3, v], axis: 0),
    ] {
      let function = try Session().function([v, w], [product, product.variance(), product.mean()])
      let results = try function.call(with: [factors, thirds])
      let alone = try Session().function([v, w], [product.variance()]).call(with: [factors, thirds])
      let elements = try results[0].elements(as: Float.self).map(Double.init)
      try expectClose(results[1].scalar(as: Float.self), elements)
      try expectClose(alone[0].scalar(as: Float.self), elements)
    }
  }

  @Test("take the number of elements exactly, where the mean has it rounded")
  func roundedCounts() throws {
    // 16,785,409 elements, one more than a float32 holds.
    let (rows, columns) = (4097, 4097), n = Double(4097 * 4097)
    var array = NDArray.zeros(.float32, shape: [rows, columns])
    try array.setElement(at: [0, 0], to: Float(1e6))
    let count = x.dim(0).cast(to: .float32) * x.dim(1).cast(to: .float32)
    let mean = x.sum() / count
    let results = try Session().function([x], [square(x - mean).sum(), mean])(array)
    #expect(abs(try results[0].scalar(as: Double.self) / (1e12 * (1 - 1 / n)) - 1) < 1e-6)
    #expect(abs(try results[1].scalar(as: Double.self) / (1e6 / n) - 1) < 1e-6)
  }

  @Test("leave the mean as it is without them", arguments: [1e15, 1e10, 3e38])
  func means(far: Double) throws {
    var elements = [Float](repeating: 1, count: 1000)
    (elements[0], elements[1]) = (Float(far), Float(-far))
    let array = NDArray(elements), v = Tensor.vector("v", .float32)
    let mean = try Session().function([v], v.mean())(array)
    let results = try Session().function([v], [v.mean(), v.variance(), v - v.mean()])(array)
    #expect(results[0] == mean)
    let last = try results[2].elements(as: Float.self)[999]
    #expect(abs(try mean.scalar(as: Float.self) + last - 1) < 1e-6)
    if far < 1e16 { #expect(abs(try mean.scalar(as: Float.self) - 0.998) < 1e-6) }
  }

  @Test("keep NaN, infinities and nothing as two passes have them, from any layout")
  func edges() throws {
    let inf = Float.infinity
    let function = try Session().function(
      [x], [x.variance(), x.variance(axes: [0]), square(x - x.mean(axes: [0])).sum(axes: [0])])
    let rows: [[Float]] = [[1, inf, -inf, .nan, 2, 3e38], [2, 1, inf, 4, .nan, -3e38]]
    let array = try NDArray(rows.flatMap { $0 }).reshaped([2, 6])
    let results = try function(array)
    #expect(try results[0].scalar(as: Float.self).isNaN)
    let columns = try results[1].elements(as: Float.self)
    #expect(columns[0] == 0.25 && columns[5] == inf)
    #expect(columns[1...4].allSatisfy { $0.isNaN })
    let transposed = try function(array.transposed())[1].elements(as: Float.self)
    #expect(transposed.allSatisfy { $0.isNaN })
    let none = try function(NDArray.zeros(.float32, shape: [0, 3]))
    #expect(try none[0].scalar(as: Float.self).isNaN)
    #expect(try none[1].elements(as: Float.self).allSatisfy { $0.isNaN })
    #expect(try none[2].elements(as: Float.self) == [0, 0, 0])
    let narrow = try function(NDArray.zeros(.float32, shape: [3, 0]))
    #expect(try narrow[0].scalar(as: Float.self).isNaN && narrow[1].shape == [0])
  }

  @Test("have the same bits at any number of threads")
  func threads() throws {
    let array = NDArray.uniform(0...1, .float32, shape: [700, 900], seed: 5)
    let results = try [1, 2, 5].map { threads in
      try Session(threads: threads).function([x], [x.variance(), x.std(axes: [0])])(array)
    }
    for other in results.dropFirst() { #expect(other == results[0]) }
  }
}
