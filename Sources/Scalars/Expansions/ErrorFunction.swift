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

  /// The errors are 2^-26.8 and 2^-30.1.
  static let float32 = ErrorFunction(
    upper: 3.93,
    near: [
      0.12837915, -0.37612548, 0.11282433, -0.02679052, 0.0050306153, -0.00061942555,
    ],
    far: [
      0.46467724, -0.5646338, 0.1510049, 0.08354367, -0.044217054, -0.0076545347, 0.0066730278,
      0.0016708882, -0.002179066, 0.0007148085, -0.00010841783, 6.586105e-06,
    ])

  /// The errors are 2^-61.4 and 2^-56.1.
  static let float64 = ErrorFunction(
    upper: 5.93,
    near: [
      0.1283791670955126, -0.37612638903183737, 0.11283791670954295, -0.026866170644930746,
      0.005223977622935145, -0.0008548326838077411, 0.00012055324270855271,
      -1.4925380062291433e-05, 1.6456494979909494e-06, -1.6288139234197635e-07,
      1.411666717929581e-08, -8.651660954261682e-10,
    ],
    far: [
      0.46467724168517266, -0.5646338987757852, 0.15100855216579345, 0.0835047279828083,
      -0.044010058107987686, -0.008288680112638575, 0.007883331265187239, 0.00017219092388642268,
      -0.0009605574440901894, 7.900443305038558e-05, 8.474117837662445e-05,
      -1.4958845224892577e-05, -4.204354416944786e-06, 4.506644682385517e-08,
      1.348576702462012e-06, -7.866660190889184e-07, 3.504714370847386e-07,
      -1.5112503385333142e-07, 5.58460861427777e-08, -1.59288795561427e-08, 3.404303885413005e-09,
      -5.416146311910739e-10, 6.350266610979605e-11, -5.351586244087038e-12, 3.07797780243004e-13,
      -1.0848085085895243e-14, 1.7711515885358053e-16,
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
