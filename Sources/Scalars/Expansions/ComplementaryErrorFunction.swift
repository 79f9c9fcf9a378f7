import Arrays

// For a >= 0, erfcx a = exp(a^2) * erfc a falls from 1 to 1 / (a * sqrt(pi)) without a bend.
// (a + 1/2) * erfcx a lies between 0.5 and 0.64 and is a polynomial in t = (a - k) / (a + k), which
// takes [0, inf] to [-1, 1] (Shepherd and Laframboise, 1981). From it follow
// erfc a = exp(-a^2) * erfcx a, and erfc(-a) = 2 - erfc a.

/// The constants of the complementary error function for one dtype.
private struct ComplementaryErrorFunction {
  /// The constant k above.
  let center: Double
  /// `(a + 1/2) * erfcx a` in powers of t: minimax for the relative error.
  let scaled: [Double]
  /// Beyond this the function rounds to zero.
  let upper: Double
  /// `log(erfc x) / x`: minimax on |x| <= 1/2 for the relative error.
  let logarithm: [Double]

  static func constants(_ dtype: DType) -> Self { dtype == .float32 ? float32 : float64 }

  /// The errors are 2^-25.5 and 2^-23.5, half of it from rounding the coefficients.
  static let float32 = ComplementaryErrorFunction(
    center: 2.75,
    scaled: [
      0.629401803, -0.0652312189, -0.0356525108, 0.072452642, -0.0572533235, 0.0261631757,
      -0.00522175059, -0.00131992972, 0.000911031268, 3.01128766e-5, -9.04569024e-5,
    ],
    upper: 11,
    logarithm: [
      -1.12837911, -0.636619806, -0.102772854, 0.0191290062, 0.000214233165, -0.00170202146,
      0.000557629915, -3.2495127e-6,
    ])

  /// The errors are 2^-54.2 and 2^-54.9, likewise.
  static let float64 = ComplementaryErrorFunction(
    center: 4,
    scaled: [
      0.6164975593127763, -0.06981055842028104, 0.007689826051305481, 0.03404852712732593,
      -0.05051953301794189, 0.046866417499769344, -0.0331651829100196, 0.018583757760634718,
      -0.008098866991760136, 0.002515985051298134, -0.00037888684895381967, -9.96286438472002e-05,
      7.531153591698505e-05, -1.219869025426572e-05, -5.612528323815494e-06,
      2.852991096903926e-06, 1.489808148410341e-07, -4.102019396631866e-07,
      3.5595220711623705e-08, 5.2928965638045126e-08, -8.193380844337953e-09,
      -6.077991806885852e-09, 7.882239707488212e-10, 4.49101459821335e-10,
    ],
    upper: 28,
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
    let scaled = erfcx(ofMagnitude: a)
    let (square, lost) = exactSquare(a.limited(above: k.upper))
    return exponential(ofNegative: -square, times: fma(-scaled, lost, scaled))
  }

  /// `erfcx a` for `a` not below zero.
  private static func erfcx(ofMagnitude a: Lane) -> Lane {
    let k = ComplementaryErrorFunction.constants(a.dtype)
    let center = a.constant(k.center), one = a.constant(1)
    let inverse = one / (a + center), ratio = (a - center) * inverse
    // What rounding left out of the ratio counts double for a small a.
    let lost = fma(-ratio, a, fma(ratio + one, -center, a))
    let t = select(a .== a.constant(.infinity), one, fma(lost, inverse, ratio))
    return t.polynomial(k.scaled) / (a + a.constant(0.5))
  }

  /// The square and what rounding took from it.
  private static func exactSquare(_ a: Lane) -> (high: Lane, low: Lane) {
    let square = a * a
    return (square, fma(a, a, -square))
  }
}
