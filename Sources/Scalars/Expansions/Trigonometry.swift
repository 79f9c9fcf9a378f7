import Arrays

extension Expansions {
  /// The sine of any finite number of radians.
  static func sin(_ x: [Lane]) -> Lane {
    x[0].dtype == .float32 ? sinThroughFloat64(x[0]) : sine(x[0])
  }

  /// The cosine, which shares the reduction of its argument with the sine.
  static func cos(_ x: [Lane]) -> Lane {
    x[0].dtype == .float32 ? cosThroughFloat64(x[0]) : cosine(x[0])
  }

  /// The tangent, by division of the two.
  static func tan(_ x: [Lane]) -> Lane {
    x[0].dtype == .float32 ? tanThroughFloat64(x[0]) : tangent(x[0])
  }
}

// MARK: - float64

extension Expansions {
  /// `(sin r - r) / r^3` in powers of r^2: minimax on |r| <= 0.7862, error 2^-58.0 of `r`.
  private static let sineCoefficients = [
    -0.16666666666666632, 0.008333333333322453, -0.00019841269829811348, 2.7557313686746054e-06,
    -2.5050756576299537e-08, 1.589667357815485e-10,
  ]

  /// `(cos r - 1 + r^2 / 2) / r^4` likewise, error 2^-63.2.
  private static let cosineCoefficients = [
    0.04166666666666665, -0.001388888888888141, 2.4801587293369046e-05, -2.755731533492343e-07,
    2.087584225005428e-09, -1.1365210573245492e-11,
  ]

  private static func sine(_ x: Lane) -> Lane {
    let (quadrant, r, tail) = quadrantReduced(x)
    let (s, c) = sineAndCosine(r, tail)
    return select(isOdd(quadrant), c, s).flippingSign(secondBitAsSign(quadrant) ^ x.signBit)
  }

  private static func cosine(_ x: Lane) -> Lane {
    let (quadrant, r, tail) = quadrantReduced(x)
    let (s, c) = sineAndCosine(r, tail)
    let next = quadrant + quadrant.constant(integer: 1)
    return select(isOdd(quadrant), s, c).flippingSign(secondBitAsSign(next))
  }

  private static func tangent(_ x: Lane) -> Lane {
    let (quadrant, r, tail) = quadrantReduced(x)
    let (s, c) = sineAndCosineSums(r, tail), odd = isOdd(quadrant)
    let above = (high: select(odd, c.high, s.high), low: select(odd, c.low, s.low))
    let below = (high: select(odd, s.high, c.high), low: select(odd, s.low, c.low))
    let sign = (quadrant << quadrant.constant(integer: 63)) ^ x.signBit
    return divide(above.high, tail: above.low, by: below).flippingSign(sign)
  }

  private static func isOdd(_ n: Lane) -> Lane {
    (n & n.constant(integer: 1)) .!= n.constant(integer: 0)
  }

  private static func secondBitAsSign(_ n: Lane) -> Lane {
    (n << n.constant(integer: 62)) & n.constant(integer: 1 << 63)
  }

  /// Sine and cosine of `r + tail` for |r| <= pi / 4 and a tail below its unit.
  private static func sineAndCosine(_ r: Lane, _ tail: Lane) -> (sine: Lane, cosine: Lane) {
    let (s, c) = sineAndCosineTerms(r, tail)
    return (s.great + s.small, c.great + c.small)
  }

  /// The same with what rounding left out.
  private static func sineAndCosineSums(
    _ r: Lane, _ tail: Lane
  ) -> (sine: (high: Lane, low: Lane), cosine: (high: Lane, low: Lane)) {
    let (s, c) = sineAndCosineTerms(r, tail)
    let sine = s.great + s.small, cosine = c.great + c.small
    return ((sine, s.small - (sine - s.great)), (cosine, c.small - (cosine - c.great)))
  }

  private static func sineAndCosineTerms(
    _ r: Lane, _ tail: Lane
  ) -> (sine: (great: Lane, small: Lane), cosine: (great: Lane, small: Lane)) {
    let one = r.constant(1), half = r.constant(-0.5)
    let z = r * r
    let w = fma(z, half, one)  // the derivative of the sine, and the cosine but for small terms
    let s = fma(r * z, z.polynomial(sineCoefficients), tail * w)
    let lost = fma(z, half, one - w)  // by rounding w
    let c = fma(-r, tail, fma(z * z, z.polynomial(cosineCoefficients), lost))
    return ((r, s), (w, c))
  }
}
