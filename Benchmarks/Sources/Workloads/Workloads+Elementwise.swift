import Glibc
import Martlet

extension Workload {
  /// Formulas of single elements.
  static let elementwise: [Workload] = [
    over(
      "chain_f32_1e7",
      [.uniform(-3...3, .float32, 10_000_000), .uniform(-3...3, .float32, 10_000_000)],
      limit: .formula(.chain, over: 10_000_000),
      within: Tolerance(relative: 1e-5, absolute: 5e-6),
      plain: { [zip($0[0], $0[1]).map(chain)] },
      martlet: { [chain($0[0], $0[1])] }),
    over(
      "chain_sum_f32_1e7",
      [.uniform(-3...3, .float32, 10_000_000), .uniform(-3...3, .float32, 10_000_000)],
      limit: .formula(.chainSum, over: 10_000_000),
      within: Tolerance(relative: 1e-5, absolute: 1),
      plain: { [[zip($0[0], $0[1]).map(chain).reduce(0, +)]] },
      martlet: { [chain($0[0], $0[1]).sum()] }),
    over(
      "blackscholes_f64_1e6",
      [
        .uniform(10...100, .float64, 1_000_000), .uniform(15...110, .float64, 1_000_000),
        .uniform(0.2...2, .float64, 1_000_000),
      ],
      limit: .formula(.blackScholes, over: 1_000_000),
      within: Tolerance(relative: 1e-9, absolute: 1e-9),
      plain: { x in
        let prices = x[0].indices.map { optionPrices(x[0][$0], x[1][$0], x[2][$0]) }
        return [prices.map(\.call), prices.map(\.put)]
      },
      martlet: { optionPrices($0[0], $0[1], $0[2]) }),
    over(
      "gelu_f32_1e7", [.normal(.float32, 10_000_000)],
      limit: .formula(.gelu, over: 10_000_000),
      within: Tolerance(relative: 1e-5, absolute: 1e-6),
      plain: { [$0[0].map { 0.5 * $0 * (1 + erf($0 * 0.5.squareRoot())) }] },
      martlet: { [0.5 * $0[0] * (1 + erf($0[0] * Tensor(0.5.squareRoot())))] }),
    over(
      "where_clip_f32_1e7", [.normal(.float32, 10_000_000), .normal(.float32, 10_000_000)],
      limit: .formula(.whereClip, over: 10_000_000),
      within: Tolerance(relative: 1e-6, absolute: 0),
      plain: { [zip($0[0], $0[1]).map { max(-1, min(1, $0 > 0 ? $0 : $0 / 8)) * $1 }] },
      martlet: { [clip(`where`($0[0] .> 0, $0[0], $0[0] * 0.125), -1, 1) * $0[1]] }),
    over(
      "mixed_f64_i32_1e7",
      [.uniform(0...1, .float64, 10_000_000), .uniform(-1000...1000, .int32, 10_000_000)],
      limit: .formula(.mixed, over: 10_000_000),
      within: Tolerance(relative: 1e-12, absolute: 1e-12),
      plain: { [zip($0[0], $0[1]).map { $0 * $1 + 0.5 * $1 }] },
      martlet: { [$0[0] * $0[1] + 0.5 * $0[1]] }),
  ]

  private static func chain(_ x: Double, _ y: Double) -> Double {
    exp(-x * x) * sin(y) + tanh(x * y)
  }

  private static func chain(_ x: Tensor, _ y: Tensor) -> Tensor {
    exp(-x * x) * sin(y) + tanh(x * y)
  }

  /// The prices by Black and Scholes of a call and a put for a stock's price, the price agreed on
  /// and the time, at an interest of 3 % and a volatility of 25 %.
  private static func optionPrices(
    _ s: Double, _ k: Double, _ t: Double
  ) -> (call: Double, put: Double) {
    let (r, v) = (0.03, 0.25)
    func normal(_ x: Double) -> Double { 0.5 * (1 + erf(x * 0.5.squareRoot())) }
    let d1 = (log(s / k) + (r + 0.5 * v * v) * t) / (v * t.squareRoot())
    let discounted = k * exp(-r * t)
    let call = s * normal(d1) - discounted * normal(d1 - v * t.squareRoot())
    return (call, call - s + discounted)
  }

  private static func optionPrices(_ s: Tensor, _ k: Tensor, _ t: Tensor) -> [Tensor] {
    let (r, v) = (0.03, 0.25)
    func normal(_ x: Tensor) -> Tensor { 0.5 * (1 + erf(x * Tensor(0.5.squareRoot()))) }
    let deviation = Tensor(v) * sqrt(t)
    let d1 = (log(s / k) + Tensor(r + 0.5 * v * v) * t) / deviation
    let discounted = k * exp(Tensor(-r) * t)
    let call = s * normal(d1) - discounted * normal(d1 - deviation)
    return [call, call - s + discounted]
  }
}
