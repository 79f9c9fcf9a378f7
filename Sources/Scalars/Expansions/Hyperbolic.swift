import Arrays

extension Expansions {
  /// `tanh |x| = -g / (1 + g)` with g = (exp(-2 |x|) - 1) / 2, which lies in (-1/2, 0].
  static func tanh(_ x: [Lane]) -> Lane {
    let (great, small) = halfExpm1(x[0].magnitude * x[0].constant(-2))
    let g = great + small, tail = small - (g - great)
    let one = x[0].constant(1), sum = one + g
    let lost = (g - (sum - one)) + tail
    let quotient = divide(-g, tail: -tail, by: (sum, lost))
    return quotient.flippingSign(x[0].signBit)
  }

  /// The quotient of two unevaluated sums, almost as if it were rounded once.
  ///
  /// The second terms and the remainder of the rounded quotient make a correction, for which the
  /// reciprocal of the divisor is exact enough.
  static func divide(
    _ a: Lane, tail: Lane? = nil, by b: (high: Lane, low: Lane)
  ) -> Lane {
    let inverse = b.high.constant(1) / b.high
    let quotient = a * inverse
    let rest = fma(-quotient, b.high, a)
    return fma(fma(-quotient, b.low, tail.map { rest + $0 } ?? rest), inverse, quotient)
  }
}
