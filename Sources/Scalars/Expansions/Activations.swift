import Arrays

extension Expansions {
  /// `1 / (1 + exp(-x))`, or `exp(x) / (1 + exp(x))` for a negative `x`: nothing overflows.
  static func sigmoid(_ x: [Lane]) -> Lane {
    let one = x[0].constant(1)
    let e = exponential(ofNegative: -x[0].magnitude)
    let sum = one + e
    let dividend = select(x[0] .< x[0].constant(0), e, one)
    return divide(dividend, by: (sum, e - (sum - one)))
  }

  /// `max(x, 0) + log(1 + exp(-|x|))`.
  static func softplus(_ x: [Lane]) -> Lane {
    let zero = x[0].constant(0)
    let e = exponential(ofNegative: -x[0].magnitude)
    return select(x[0] .> zero, x[0], zero) + log1p(ofFraction: e)
  }
}
