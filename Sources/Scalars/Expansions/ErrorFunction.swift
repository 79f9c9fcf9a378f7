import Arrays

// Near zero erf x = x + x * P(x^2). Farther out erf a = 1 - s^2 for a = |x|, where a polynomial stands
// for s, the square root of erfc a; it has to be the less exact the smaller it is. Where the formulas
// meet s is just below 1/2, so that rounding it costs the result a quarter of a unit.

/// The constants of the error function for one dtype.
private struct ErrorFunction {
  /// Where the formulas meet.
  static let middle = 0.875
  /// From where on the result rounds to 1.
  let upper: Double
  /// `erf x / x - 1` in powers of x^2: minimax up to `middle` for the relative error of `erf x`.
  let near: [Double]
  /// `sqrt(erfc a)` in powers of `a - middle`: minimax up to `upper` for the absolute error of `erf a`.
  let far: [Double]

  /// The errors are 2^-25.8 and 2^-28.1.
  static let float32 = ErrorFunction(
    upper: 3.93,
    near: [
      0.128379151, -0.376125485, 0.112824321, -0.0267905165, 0.00503061293, -0.000619425962,
    ],
    far: [
      0.464677244, -0.564633787, 0.151004896, 0.0835436508, -0.0442169867, -0.00765465479,
      0.00667316653, 0.00167078606, -0.00217901776, 0.000714794558, -0.000108415552, 6.58594581e-6,
    ])

  /// The errors are 2^-54.9 and 2^-55.3.
  static let float64 = ErrorFunction(
    upper: 5.93,
    near: [
      0.1283791670955126, -0.37612638903183737, 0.11283791670954267, -0.02686617064492455,
      0.00522397762286701, -0.0008548326833717515, 0.00012055324097313477, -1.4925375635160938e-05,
      1.6456422568067503e-06, -1.6287405103219332e-07, 1.4112468134581329e-08,
      -8.641305694364488e-10,
    ],
    far: [
      0.46467724168517266, -0.5646338987757852, 0.1510085521657935, 0.08350472798280666,
      -0.04401005810797063, -0.00828868011274856, 0.007883331265673046, 0.00017219092232892657,
      -0.0009605574403378276, 7.900442611042078e-05, 8.474118835945327e-05, -1.4958856474699632e-05,
      -4.2043444637641675e-06, 4.505956058477153e-08, 1.3485803770214907e-06,
      -7.866674793810753e-07, 3.504718281483252e-07, -1.5112507535354258e-07,
      5.5846066795342415e-08, -1.592886694912102e-08, 3.404299871816844e-09, -5.416137746964981e-10,
      6.35025365795098e-11, -5.351572429549534e-12, 3.077967867350413e-13, -1.0848041712715373e-14,
      1.7711428900321456e-16,
    ])
}

extension Expansions {
  /// The error function.
  static func erf(_ x: [Lane]) -> Lane {
    let k = x[0].dtype == .float32 ? ErrorFunction.float32 : .float64
    let a = x[0].magnitude, middle = a.constant(ErrorFunction.middle)
    let near = fma(a, (a * a).polynomial(k.near), a)
    let root = (a.limited(above: k.upper) - middle).polynomial(k.far)
    let far = fma(-root, root, a.constant(1))
    return select(a .< middle, near, far).flippingSign(x[0].signBit)
  }
}
