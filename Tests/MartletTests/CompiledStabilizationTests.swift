import Martlet
import TestSupport
import Testing

/// Identities that keep digits, from the user's spelling to what the compiled function returns.
@Suite("Stabilization, compiled")
struct CompiledStabilizationTests {
  @Test("has its value where the naive form has not", arguments: Identity.all)
  func identity(_ identity: Identity) throws {
    for dtype in [DType.float64, .float32] {
      // Whole vectors and what is left of them.
      let x = Tensor("x", dtype, shape: [19])
      let feed = NDArray.full(identity.point, shape: [19]).cast(to: dtype)
      let function = try Session().function([x], identity.spellings.map { $0(x) })
      for (number, result) in try function(feed).enumerated() {
        #expect(result.dtype == dtype && result.shape == [19])
        for value in try result.doubles {
          #expect(
            value.isClose(to: identity.value, dtype), "spelling \(number) of \(dtype): \(value)")
        }
      }
    }
  }

  typealias Pair = (x: Double, y: Double, value: Double)

  @Test("subtracts exponentials under a logarithm")
  func logSubExp() throws {
    let inf = Double.infinity
    let pairs: [Pair] = [
      (1000, 999, 999.5413248546129), (-1000, -1001, -1000.4586751453871), (1000, -1000, 1000),
      (0.5, 0.25, -1.0086915494460322), (3, 3, -inf), (1000, 1000, -inf), (-1000, -1000, -inf),
      (7, -inf, 7), (-inf, -inf, -inf), (inf, 0, inf), (inf, -inf, inf), (inf, inf, .nan),
      (1, 2, .nan), (999, 1000, .nan), (0, inf, .nan), (-inf, 0, .nan), (.nan, 0, .nan),
      (0, .nan, .nan), (.nan, -inf, .nan),
    ]
    try expect(pairs) { log(exp($0) - exp($1)) }
    try expect(pairs) { log(-exp($1) + exp($0)) }
    try expect(pairs) { log(-(exp($1) - exp($0))) }
  }

  @Test("adds exponentials under a logarithm")
  func logAddExp() throws {
    let inf = Double.infinity
    let pairs: [Pair] = [
      (1000, 999, 1000.3132616875182), (-1000, -1001, -999.6867383124818), (1000, -1000, 1000),
      (5, 5, 5.693147180559945), (7, -inf, 7), (-inf, -inf, -inf), (inf, 0, inf), (inf, inf, inf),
      (.nan, 0, .nan), (0, .nan, .nan),
    ]
    try expect(pairs) { log(exp($0) + exp($1)) }
    try expect(pairs.filter { $0.x.isFinite || $0.x.isNaN }) {
      log(exp($0) + exp($1) + exp($0)) - log(exp($0 - $0) + exp($1 - $0) + 1)
        + log(1 + exp($1 - $0))
    }
  }

  @Test("has no value where the inverse has none, and limits at infinities")
  func inverses() throws {
    let inf = Double.infinity
    try expect([(-1, 0, .nan), (0, 0, 0), (inf, 0, inf), (.nan, 0, .nan)]) { x, _ in exp(log(x)) }
    try expect([(-1, 0, .nan), (0, 0, 0), (inf, 0, inf), (.nan, 0, .nan)]) { x, _ in sqrt(x) ** 2 }
    try expect([(-2, 0, .nan), (-1, 0, -1), (inf, 0, inf), (.nan, 0, .nan)]) { x, _ in
      expm1(log1p(x))
    }
    try expect([(-inf, 0, -inf), (inf, 0, inf), (.nan, 0, .nan)]) { x, _ in log(exp(x)) }
    try expect([(-inf, 0, inf), (-3, 0, 3), (.nan, 0, .nan)]) { x, _ in sqrt(x * x) }
    try expect([(2, 0, .nan), (0, 0, -inf), (-inf, 0, 0), (.nan, 0, .nan)]) { x, _ in
      log1p(-exp(x))
    }
  }

  private func expect(_ pairs: [Pair], _ spelling: (Tensor, Tensor) -> Tensor) throws {
    for dtype in [DType.float64, .float32] {
      let x = Tensor("x", dtype, shape: [.unknown]), y = Tensor("y", dtype, shape: [.unknown])
      let function = try Session().function([x, y], spelling(x, y))
      let feeds = [NDArray(pairs.map(\.x)), NDArray(pairs.map(\.y))].map { $0.cast(to: dtype) }
      for (pair, value) in zip(pairs, try function(feeds[0], feeds[1]).doubles) {
        #expect(value.isClose(to: pair.value, dtype), "\(pair) in \(dtype): \(value)")
      }
    }
  }

  /// Rows whose exponentials overflow, vanish, and do neither; the logarithm of their softmax.
  private static let rows: NDArray = [
    [1000.0, 1001, 999], [-1000, -1001, -1002], [0.5, 1.5, 2.5], [100, 0, -100],
  ]
  private static let logarithms: NDArray = [
    [-1.4076059644443804, -0.4076059644443804, -2.4076059644443806],
    [-0.4076059644443804, -1.4076059644443804, -2.4076059644443806],
    [-2.4076059644443806, -1.4076059644443804, -0.4076059644443804],
    [0, -100, -200],
  ]

  @Test("takes the logarithm of a softmax, also through indices and changed axes")
  func logSoftmaxes() throws {
    let wanted = Self.logarithms
    try expect(wanted) { log(softmax($0)) }
    try expect(wanted) { logSoftmax($0) }
    try expect(wanted) { log(exp($0) / exp($0).sum(axes: [1], keepDims: true)) }
    try expect(wanted) { log(exp($0) * (1 / exp($0).sum(axes: [1]).expandDims(1))) }
    try expect(wanted) { $0 - log(exp($0).sum(axes: [1], keepDims: true)) }
    try expect(wanted) { $0 - $0.logSumExp(axes: [1], keepDims: true) }
    try expect(wanted[.all, 0]) { log(softmax($0)[.all, 0]) }
    try expect(wanted[.all, -1]) {
      log((exp($0) / exp($0).sum(axes: [1], keepDims: true))[.all, -1])
    }
    try expect(wanted[1]) { log(softmax($0)[1]) }
    try expect(wanted[2, 0]) { log(softmax($0)[2, 0]) }
    try expect(wanted[1..<3, .stride(by: -2)]) { log(softmax($0)[1..<3, .stride(by: -2)]) }
    try expect(wanted.transposed()) { log(softmax($0).transpose()) }
    try expect(wanted.transposed()[0]) { log(softmax($0).transpose()[0]) }
    try expect(wanted.reshaped([12])) { log(softmax($0).reshape([-1])) }
    try expect(wanted[.newAxis, .all, 1..<2]) { log(softmax($0).expandDims(0)[.all, .all, 1..<2]) }
    try expect(wanted[.all, 0].transposed()) {
      log((softmax($0.transpose(), axis: 0).transpose()[.all, 0]))
    }
  }

  @Test("computes a softmax whose exponentials overflow or vanish")
  func softmaxes() throws {
    let x = Tensor.vector("x")
    let wanted = try Session().function([x], exp(x))(Self.logarithms.reshaped([12])).reshaped([
      4, 3,
    ])
    try expect(wanted) { softmax($0) }
    try expect(wanted) { exp($0) / exp($0).sum(axes: [1], keepDims: true) }
    try expect(wanted) { exp(logSoftmax($0)) }
    try expect(wanted) { exp($0 - $0.logSumExp(axes: [1], keepDims: true)) }
    try expect(wanted[.all, 0]) { softmax($0)[.all, 0] }
  }

  @Test("computes the logarithm of a sum of exponentials")
  func logSumExp() throws {
    let wanted: NDArray = [
      1001.4076059644444, -999.5923940355556, 2.9076059644443803, 100,
    ]
    try expect(wanted) { log(exp($0).sum(axes: [1])) }
    try expect(wanted) { $0.logSumExp(axes: [1]) }
    try expect(wanted) { log(exp($0.transpose()).sum(axes: [0])) }
    try expect(wanted[1...]) { log(exp($0).sum(axes: [1])[1...]) }
    try expect(wanted[1]) { log(exp($0).sum(axes: [1])[1]) }
    try expect(wanted[.all, .newAxis]) { log(exp($0).sum(axes: [1])[.all, .newAxis]) }
    try expect(wanted[.newAxis]) { log(exp($0).sum(axes: [1], keepDims: true).transpose()) }
  }

  private func expect(
    _ wanted: NDArray, sourceLocation: SourceLocation = #_sourceLocation,
    _ spelling: (Tensor) -> Tensor
  ) throws {
    let inputs = [
      Tensor("x", .float64, shape: [.unknown, 3]), Tensor("x", .float32, shape: [4, 3]),
    ]
    for (dtype, x) in zip([DType.float64, .float32], inputs) {
      let result = try Session().function([x], spelling(x))(Self.rows.cast(to: dtype))
      #expect(
        result.dtype == dtype && result.shape == wanted.shape, sourceLocation: sourceLocation)
      for (value, expected) in try zip(result.doubles, wanted.doubles) {
        #expect(
          value.isClose(to: expected, dtype), "\(value), not \(expected), in \(dtype)",
          sourceLocation: sourceLocation)
      }
    }
  }
}
