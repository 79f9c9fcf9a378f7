import Arrays

// Near zero erf x = x + x * P(x^2). Farther out erf |x| = 1 - exp(-G(|x|)), where the polynomial G
// stands for -log(erfc x); it has to be the less exact the less is left of the 1.

/// The constants of the error function for one dtype.
private struct ErrorFunction {
  /// Where the formulas meet, and where the result rounds to 1.
  let middle, upper: Double
  /// `erf x / x - 1` in powers of x^2: minimax up to `middle` for the relative error of `erf x`.
  let near: [Double]
  /// `log(erfc x)`: minimax between `middle` and `upper` for the absolute error of `erf x`.
  let far: [Double]

  /// The errors are 2^-26.5 and 2^-28.6.
  static let float32 = ErrorFunction(
    middle: 0.921875, upper: 4,
    near: [
      0.12837917, -0.37612635, 0.11283696, -0.026859399, 0.005201033, -0.0008142709, 8.370119e-05,
    ],
    far: [
      -0.00020988463, -1.1276156, -0.6372856, -0.10383902, 0.022181435, -0.0030316035,
      0.00019473404,
    ])

  /// The errors are 2^-54.7 and 2^-56.6.
  static let float64 = ErrorFunction(
    middle: 1, upper: 6,
    near: [
      0.12837916709551256, -0.3761263890318352, 0.11283791670944184, -0.026866170643111347,
      0.005223977606117602, -0.0008548325929281863, 0.00012055293576215035, -1.4924712293986097e-05,
      1.6447131527748867e-06, -1.6206313785908422e-07, 1.3710981819386849e-08,
      -7.779473146914275e-10,
    ],
    far: [
      -5.133111973544795e-07, -1.1283739910037731, -0.6366440584220738, -0.10270228019921253,
      0.018988022932491293, 0.0004135643552317378, -0.0019189762136334323, 0.0007730691085598482,
      -0.00013657151606701986, -1.9514736871798805e-05, 2.2529521241586078e-05,
      -8.577695924615375e-06, 2.114528011732904e-06, -3.6951390465754787e-07,
      4.592607684757225e-08, -3.889333488454025e-09, 2.0199451591790725e-10,
      -4.864025631574207e-12,
    ])
}

extension Expansions {
  /// The error function.
  static func erf(_ x: [Lane]) -> Lane {
    let k = x[0].dtype == .float32 ? ErrorFunction.float32 : .float64
    let a = x[0].magnitude
    let near = fma(a, (a * a).polynomial(k.near), a)
    let far = oneMinusExponential(a.limited(above: k.upper).polynomial(k.far))
    return select(a .< a.constant(k.middle), near, far).flippingSign(x[0].signBit)
  }
}
