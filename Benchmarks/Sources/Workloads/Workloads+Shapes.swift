import Martlet

/// The length of the stencil's result.
private let n = 10_000_000

extension Workload {
  /// Formulas whose operands are stretched, turned, cut or joined.
  static let shapes: [Workload] = [
    over(
      "bcast_f32_4000",
      [
        .uniform(0...1, .float32, 4000, 1), .uniform(0...1, .float32, 1, 4000),
        .uniform(0...1, .float32, 4000, 4000),
      ],
      limit: .formula(.broadcast, over: 4000, 4000),
      within: Tolerance(relative: 1e-6, absolute: 1e-6),
      plain: { [broadcast($0[0], $0[1], $0[2])] },
      martlet: { [$0[0] * $0[1] + $0[2]] }),
    over(
      "transpose_fused_f32_4000",
      [.uniform(0...1, .float32, 4000, 4000), .uniform(0...1, .float32, 4000, 4000)],
      limit: .unhindered(.doubleAndAdd, over: 16_000_000),
      within: Tolerance(relative: 1e-6, absolute: 1e-6),
      plain: { [transposedSum($0[0], $0[1])] },
      martlet: { [$0[0].transpose() * 2 + $0[1]] }),
    over(
      "stencil_f32_1e7", [.uniform(0...1, .float32, n + 2)],
      limit: .formula(.stencil, over: n),
      within: Tolerance(relative: 1e-6, absolute: 0),
      plain: { [stencil($0[0])] },
      martlet: { [stencil($0[0])] }),
    over(
      "concat_scale_f32_2e7",
      [.uniform(0...1, .float32, 10_000_000), .uniform(0...1, .float32, 10_000_000)],
      limit: .copy, within: .exact,
      plain: { [($0[0] + $0[1]).map { 2 * $0 }] },
      martlet: { [concatenate([$0[0], $0[1]]) * 2] }),
  ]

  private static func broadcast(_ a: [Double], _ b: [Double], _ c: [Double]) -> [Double] {
    c.indices.map { i in a[i / 4000] * b[i % 4000] + c[i] }
  }

  private static func transposedSum(_ x: [Double], _ y: [Double]) -> [Double] {
    y.indices.map { i in 2 * x[i % 4000 * 4000 + i / 4000] + y[i] }
  }

  private static func stencil(_ x: [Double]) -> [Double] {
    (0..<n).map { (i: Int) -> Double in
      let ends: Double = x[i] + x[i + 2]
      return 0.25 * ends + 0.5 * x[i + 1]
    }
  }

  private static func stencil(_ x: Tensor) -> Tensor {
    0.25 * x[0..<n] + 0.5 * x[1..<n + 1] + 0.25 * x[2..<n + 2]
  }
}
