import Arrays

// For a >= 0, erfcx a = exp(a^2) * erfc a falls from 1 to 1 / (a * sqrt(pi)) without a bend.
// (a + k) * erfcx a is a polynomial in t = (a - k) / (a + k), which takes [0, inf] to [-1, 1]
// (Shepherd and Laframboise, 1981). With k = 2 it is short, and all steps are exact for a = 0, where
// the result has to be 1. Where erfc a = exp(-a^2) * erfcx a does not round to zero, erfcx a is also
// the quotient of two polynomials in a, all of whose terms are positive, in fewer steps.

/// The constants of the complementary error function for one dtype.
private struct ComplementaryErrorFunction {
  /// `(a + k) * erfcx a` in powers of t: minimax for the relative error.
  let scaled: [Double]
  /// `erfcx a` up to `upper` as the quotient of two polynomials: minimax for the relative error.
  let dividend, divisor: [Double]
  /// Beyond this the function rounds to zero; its square has an exponential without limits.
  let upper: Double
  /// `log(erfc x) / x`: minimax on |x| <= 1/2 for the relative error.
  let logarithm: [Double]

  static func constants(_ dtype: DType) -> Self { dtype == .float32 ? float32 : float64 }

  /// The errors are 2^-25.5, 2^-26.2 and 2^-23.5, half of it from rounding the coefficients.
  static let float32 = ComplementaryErrorFunction(
    scaled: [
      1.02158272, -0.687160611, 0.279471427, -0.0364438034, -0.0215026867, 0.00648881309,
      0.00305602653, -0.000864190515, -0.000595419144, 7.4589756e-5, 8.27188924e-5,
    ],
    dividend: [
      1, 1.23719251, 0.730114579, 0.228421316, 0.0325937271,
    ],
    divisor: [
      1, 2.36557198, 2.39936996, 1.32255006, 0.404892445, 0.0577701852,
    ],
    upper: 10.19,
    logarithm: [
      -1.12837911, -0.636619806, -0.102772854, 0.0191290062, 0.000214233165, -0.00170202146,
      0.000557629915, -3.2495127e-6,
    ])

  /// The errors are 2^-53.0, 2^-54.1 and 2^-54.9, likewise.
  static let float64 = ComplementaryErrorFunction(
    scaled: [
      1.021582705242023, -0.6871606844138091, 0.27947209255603694, -0.036442231507046084,
      -0.021510661888429213, 0.0064791850731780905, 0.003090612034892549, -0.0008372961447883518,
      -0.0006630732182347914, 3.4372135824245516e-05, 0.00014446874725299912,
      3.414520037673486e-05, -2.1687312732671493e-05, -1.610804253299565e-05,
      -1.1520876843131423e-06, 3.6131782804124538e-06, 2.0560616563820313e-06,
      5.2553786077094054e-08, -6.471664281729188e-07, -3.821302516013911e-07,
      6.846073985028825e-08, 1.549995669132448e-07, 1.4392962071008338e-08,
      -3.216974146516204e-08, -4.0481765665191584e-09, 3.0410352893846744e-09,
    ],
    dividend: [
      1, 2.340383596305154, 2.715460263674843, 2.0181845806565417, 1.0540950356310763,
      0.40243497290003616, 0.11358430829301283, 0.023431025919162247, 0.003393876811856705,
      0.0003138848806511092, 1.4249306157667647e-05,
    ],
    divisor: [
      1, 3.4687627634006666, 5.629539901492803, 5.653930140497227, 3.91371854209765,
      1.9660200608456329, 0.7337844526879532, 0.20431806142444575, 0.04180858535720121,
      0.006028118143385645, 0.0005563464654520777, 2.525623757188358e-05,
    ],
    upper: 27.3,
    logarithm: [
      -1.1283791670955126, -0.6366197723675813, -0.10277260330194024, 0.019128447009032754,
      0.00020919464033931085, -0.00169620593136193, 0.0005901230552108575, -2.5869040898347554e-05,
      -6.451832568123068e-05, 2.9778117082863195e-05, -3.488918501278301e-06,
      -2.746618383295675e-06, 1.6782999372024127e-06, -3.169204995127189e-07,
      -1.1478405374267798e-07, 9.167631423799276e-08, -1.8605129709524323e-08,
    ])
}

extension Expansions {
  /// `1 - erf x`, with all the digits of a small result.
  static func erfc(_ x: [Lane]) -> Lane {
    let x = x[0], positive = erfc(ofMagnitude: x.magnitude)
    return select(x .< x.constant(0), x.constant(2) - positive, positive)
  }

  /// `exp(x^2) * erfc x`.
  static func erfcx(_ x: [Lane]) -> Lane {
    let x = x[0], k = ComplementaryErrorFunction.constants(x.dtype)
    let positive = erfcx(ofMagnitude: x.magnitude)
    let (square, lost) = exactSquare(x.magnitude.limited(above: k.upper))
    let e = exp([square])
    let reflected = (e + e) * (x.constant(1) + lost) - positive
    return select(x .< x.constant(0), reflected, positive)
  }

  /// `log(erfc x)`, which for a large x is the logarithm of `erfcx x` less x^2.
  static func logErfc(_ x: [Lane]) -> Lane {
    let x = x[0], k = ComplementaryErrorFunction.constants(x.dtype)
    let a = x.magnitude, zero = x.constant(0), isNegative = x .< zero
    let near = x * x.polynomial(k.logarithm)
    let argument = select(
      isNegative, x.constant(2) - erfc(ofMagnitude: a), erfcx(ofMagnitude: a))
    let factor = select(isNegative, zero, x)
    let far = fma(-factor, factor, log([argument]))
    return select(a .< x.constant(0.5), near, far)
  }

  /// `erfc a` for `a` not below zero.
  private static func erfc(ofMagnitude a: Lane) -> Lane {
    let k = ComplementaryErrorFunction.constants(a.dtype)
    let a = a.limited(above: k.upper), square = a * a
    let scaled =
      a.polynomial(k.dividend, square: square) / a.polynomial(k.divisor, square: square)
    return exponential(ofNegatedSquare: a, times: scaled)
  }

  /// `erfcx a` for `a` not below zero, up to what rounding `a + 2` costs; exactly 1 at 0, as what is
  /// written `1 + erf x` is there.
  private static func scaled(_ a: Lane) -> (value: Lane, inverse: Lane) {
    let one = a.constant(1), inverse = one / (a + a.constant(2))
    let coefficients = ComplementaryErrorFunction.constants(a.dtype).scaled
    return (fma(inverse, a.constant(-4), one).polynomial(coefficients) * inverse, inverse)
  }

  /// Likewise, with what rounding took from the sum: the logarithm of the function falls by about
  /// 2 / (a + 2) times that.
  private static func erfcx(ofMagnitude a: Lane) -> Lane {
    let two = a.constant(2), finite = a.limited(above: 1e30)
    let lost = finite - ((finite + two) - two)
    let (value, inverse) = scaled(a)
    return fma(value * a.constant(-2), lost * inverse, value)
  }

  /// The square and what rounding took from it.
  private static func exactSquare(_ a: Lane) -> (high: Lane, low: Lane) {
    let square = a * a
    return (square, fma(a, a, -square))
  }
}
