package import Martlet

extension Workload {
  /// Every workload. Names, inputs and formulas are those of the scripts that measure the peers.
  package static let all: [Workload] =
    [
      monteCarloPi("pi10k_f64", 10_000),
      monteCarloPi("pi10k_f64_i32", 10_000, hits: .int32),
      monteCarloPi("pi30k_f64", 30_000),
      monteCarloPi("pi30k_f64_i32", 30_000, hits: .int32),
      monteCarloPi("pi1M_f64", 1_000_000),
      monteCarloPi("pi1M_f64_i32", 1_000_000, hits: .int32),
      monteCarloPi("pi16M_f64", 16_000_000),
      monteCarloPi("pi16M_f64_i32", 16_000_000, hits: .int32),
      smallAddition("small4_f64", 4),
      // Where peers convert between NumPy's arrays and their own; Martlet's are plain memory already.
      smallAddition("small4np_f64", 4),
      matrixProduct("matmul_f32_512", .float32, 512),
      matrixProduct("matmul_f32_1024", .float32, 1024),
      matrixProduct("matmul_f32_2048", .float32, 2048),
      matrixProduct("matmul_f32_5000", .float32, 5000),
      matrixProduct("matmul_f64_1024", .float64, 1024),
      matrixProduct("matmul_f64_2048", .float64, 2048),
    ] + elementwise + rows + reductions + shapes

  /// Returns the workload that estimates π from n points, whose hits may be counted in another dtype.
  private static func monteCarloPi(_ name: String, _ n: Int, hits dtype: DType? = nil) -> Workload {
    let coordinates = Input.uniform(-1...1, .float64, n)
    return Workload(name, [coordinates, coordinates], .hitCount) {
      let (x, y) = ($0[0], $0[1])
      let isHit = x ** 2 + y ** 2 .<= 1
      let hits = (dtype.map { isHit.cast(to: $0) } ?? isHit).sum()
      return [4 * hits / x.dim(0)]
    }
  }

  /// Returns the workload that adds two arrays of a few elements: what a call costs beside the work.
  private static func smallAddition(_ name: String, _ n: Int) -> Workload {
    let terms = Input.uniform(0...1, .float64, n)
    return Workload(name, [terms, terms], .addition) { [$0[0] + $0[1]] }
  }

  /// A polynomial of degree 64 of numbers that stay in a core's own caches: nothing but arithmetic. It is
  /// no row of the scoreboard, as no peer can know that a loop of 64 steps is one.
  package static func horner(_ count: Int) -> Workload {
    over(
      "horner_f32_\(count)", [.uniform(0...0.5, .float32, count)],
      limit: .formula(.horner, over: count), within: Tolerance(relative: 1e-5, absolute: 0),
      plain: { [$0[0].map { x in (0..<64).reduce(0.5) { y, _ in y * x + 0.5 } }] },
      martlet: { inputs in [(0..<64).reduce(Tensor(0.5)) { y, _ in y * inputs[0] + 0.5 }] })
  }

  /// Layer norm's traffic without its arithmetic, by loops of ours: the C library's `memcpy` is not the
  /// fastest copy there is.
  package static let rowTraffic = over(
    "layernorm_f32_4096x1024", [.normal(.float32, 4096, 1024)],
    limit: .unhindered(.stream, over: 4096 * 1024), within: Tolerance(relative: 1, absolute: 1e9),
    plain: { [$0[0]] },
    martlet: {
      let centred = $0[0] - $0[0].mean(axes: [1], keepDims: true)
      return [centred / sqrt(square(centred).mean(axes: [1], keepDims: true) + 1e-5)]
    })

  /// The floating-point operations of the workloads that are held against arithmetic alone.
  package var flops: Double {
    let size = inputs[0].shape.map(Double.init)
    return isProduct ? 2 * size[0] * size[0] * size[0] : 128 * size[0]
  }

  /// Whether it is a product of two square matrices.
  package var isProduct: Bool { if case .directBLAS = rival { true } else { false } }

  /// Returns the product of two square matrices.
  package static func matrixProduct(_ name: String, _ dtype: DType, _ size: Int) -> Workload {
    let matrix = Input.normal(dtype, size, size)
    return Workload(name, [matrix, matrix], .directBLAS) { [matmul($0[0], $0[1])] }
  }

  /// Returns a workload over arrays that is measured against loops of the table of limits.
  ///
  /// - Parameters:
  ///   - limit: What Martlet is measured against.
  ///   - tolerance: How close results have to be to the plain ones.
  ///   - plain: The results in double, computed in the plainest way from the inputs' elements.
  ///   - martlet: The expressions.
  static func over(
    _ name: String, _ inputs: [Input], limit: Limit, within tolerance: Tolerance,
    plain: @escaping @Sendable ([[Double]]) -> [[Double]],
    martlet: @escaping @Sendable ([Tensor]) -> [Tensor]
  ) -> Workload {
    Workload(
      name, inputs, .limit(limit, Plain(tolerance: tolerance, results: plain)), martlet: martlet)
  }

  /// Returns the workloads whose names the patterns list; a `*` at the end stands for any ending.
  ///
  /// - Throws: `UnknownWorkload` for a pattern that names none.
  package static func named(_ patterns: [String]) throws -> [Workload] {
    for pattern in patterns where !all.contains(where: { $0.matches(pattern) }) {
      throw UnknownWorkload(pattern: pattern)
    }
    return all.filter { workload in patterns.contains { workload.matches($0) } }
  }

  private func matches(_ pattern: String) -> Bool {
    if pattern == "all" { return true }
    return pattern.last == "*" ? name.hasPrefix(pattern.dropLast()) : name == pattern
  }
}

/// What is thrown for a pattern that no workload's name fits.
struct UnknownWorkload: Error, CustomStringConvertible {
  let pattern: String

  var description: String {
    "scoreboard: no workload is called '\(pattern)'; there are "
      + Workload.all.map(\.name).joined(separator: ", ")
  }
}
