import Arrays

// exp x = 2^n * exp r with n = x / ln 2 rounded, so that |r| <= ln(2) / 2.
//
// ln 2 is split in two constants of full precision: x - n * high is a multiple of the unit of
// either and less than a half, hence exact in a fused multiply-add.

/// The constants of exponentials for one dtype.
private struct Exponential {
  /// ln 2, rounded, and what is left of it.
  let ln2High, ln2Low: Double
  /// ln 2 in so few bits that whole multiples are exact, and what is left of it.
  let ln2Head, ln2Tail: Double
  /// Beyond these `exp` is infinite or rounds to zero.
  let upper, lower: Double
  /// `(exp r - 1 - r) / r^2`: minimax on |r| <= 0.34661 for the relative error of `exp r`.
  let coefficients: [Double]
  /// The same function for the relative error of `exp r - 1`.
  let expm1Coefficients: [Double]
  /// Below this `exp x - 1` rounds to -1, and nearer to zero than `tiny` it rounds to x.
  let expm1Lower, tiny: Double

  static func constants(_ dtype: DType) -> Exponential { dtype == .float32 ? float32 : float64 }

  /// The errors of the polynomials are 2^-27.7 and 2^-27.9.
  static let float32 = Exponential(
    ln2High: 0.6931472, ln2Low: -1.9046542e-09, ln2Head: 0.693145751953125,
    ln2Tail: 1.4286068203094173e-06, upper: 89, lower: -104,
    coefficients: [0.5, 0.16666488, 0.041665554, 0.0083722565, 0.0014035456],
    expm1Coefficients: [0.5, 0.16666667, 0.04166624, 0.008333286, 0.0013948593, 0.00019907585],
    expm1Lower: -20, tiny: 0x1p-30)

  /// The errors of the polynomials are 2^-56.3 and 2^-60.0.
  static let float64 = Exponential(
    ln2High: 0.6931471805599453, ln2Low: 2.3190468138462996e-17, ln2Head: 0.6931471805598903,
    ln2Tail: 5.497923018708371e-14, upper: 710, lower: -746,
    coefficients: [
      0.5000000000000011, 0.16666666666666413, 0.04166666666653017, 0.008333333333494222,
      0.0013888888943629151, 0.0001984126950713379, 2.4801493098591803e-05, 2.755758586122947e-06,
      2.76302488449965e-07, 2.500022624801244e-08,
    ],
    expm1Coefficients: [
      0.5, 0.16666666666666677, 0.04166666666666651, 0.00833333333332169, 0.0013888888888962528,
      0.0001984126988596941, 2.4801587172239326e-05, 2.75572443707183e-06, 2.755740289493769e-07,
      2.5108980043315088e-08, 2.0875252372236804e-09,
    ],
    expm1Lower: -40, tiny: 0x1p-60)
}

/// An argument of an exponential taken apart: n * ln 2 + r + lost.
private struct Reduced {
  /// The whole number n plus the offset asked for, in the low bits of an integer.
  private let bits: Lane
  /// The number n itself, and the rest.
  let n, r: Lane
  private let exact, ln2Low: Lane

  init(_ x: Lane, offset: Int = 0) {
    let k = Exponential.constants(x.dtype)
    let shifter = x.constant(x.format.shifter(offset: offset))
    let shifted = fma(x, x.constant(1.4426950408889634), shifter)
    bits = shifted.bits
    n = shifted - shifter
    ln2Low = x.constant(-k.ln2Low)
    exact = fma(n, x.constant(-k.ln2High), x)
    r = fma(n, ln2Low, exact)
  }

  /// The argument `-a^2`, whose square is not rounded before the multiple of ln 2 is taken from it.
  init(negatedSquare a: Lane) {
    let k = Exponential.constants(a.dtype), shifter = a.constant(a.format.shifter())
    let shifted = fma(a * a, a.constant(-1.4426950408889634), shifter)
    bits = shifted.bits
    n = shifted - shifter
    ln2Low = a.constant(-k.ln2Tail)
    exact = fma(-a, a, n * a.constant(-k.ln2Head))
    r = fma(n, ln2Low, exact)
  }

  /// What rounding left out of the rest.
  var lost: Lane { fma(n, ln2Low, exact - r) }

  /// Two to the power of n, if the offset was the bias; nothing is left of the shifter.
  var power: Lane {
    (bits << bits.constant(integer: UInt64(r.format.mantissaBits))).bitcast(to: r.dtype)
  }
}

extension Expansions {
  /// `exp x`, subnormal results included.
  static func exp(_ x: [Lane]) -> Lane {
    let k = Exponential.constants(x[0].dtype)
    return exponential(ofLimited: x[0].limited(above: k.upper).limited(below: k.lower))
  }

  /// `exp(x + tail)` for a small `tail`, rounded almost as if once, so that powers that are whole
  /// numbers are exact.
  static func exponential(_ x: Lane, tail: Lane) -> Lane {
    let k = Exponential.constants(x.dtype), one = x.constant(1)
    let limited = x.limited(above: k.upper).limited(below: k.lower)
    let reduced = Reduced(limited), r = reduced.r
    let lost = select(limited .== x, tail, x.constant(0)) + reduced.lost
    // exp r is 1 + r and a smaller term; what rounding takes from the first two goes to it.
    let linear = one + r
    let curved = r * r * r.polynomial(k.coefficients)
    let small = fma(lost, linear + curved, r + (one - linear) + curved)
    return (linear + small).scaled(by: reduced.n)
  }

  /// `exp x` for a negative `x`.
  static func exponential(ofNegative x: Lane) -> Lane {
    exponential(ofLimited: x.limited(below: Exponential.constants(x.dtype).lower))
  }

  /// `exp x` for an `x` whose exponential is neither infinite nor far below the subnormal numbers.
  private static func exponential(ofLimited x: Lane) -> Lane {
    let reduced = Reduced(x), k = Exponential.constants(x.dtype)
    return reduced.r.polynomial([1, 1] + k.coefficients).scaled(by: reduced.n)
  }

  /// `exp(-a^2) * factor`, rounded but once where that is subnormal, for an `a` as limited as that and
  /// a factor between 2^-16 and 1.
  static func exponential(ofNegatedSquare a: Lane, times factor: Lane) -> Lane {
    let reduced = Reduced(negatedSquare: a), k = Exponential.constants(a.dtype)
    return (reduced.r.polynomial([1, 1] + k.coefficients) * factor).scaled(by: reduced.n)
  }

  /// `exp x` and `(exp x - 1) / 2` for a negative `x`, from one polynomial. The second is of use only
  /// where it does not round to -1/2.
  static func exponentials(ofNegative x: Lane) -> (whole: Lane, halfLessOne: Lane) {
    let k = Exponential.constants(x.dtype)
    let reduced = Reduced(x.limited(below: k.lower), offset: x.format.bias - 1), r = reduced.r
    let (high, low) = halfExpm1(reduced)
    let whole = fma(r * r, r.polynomial(k.expm1Coefficients), r) + x.constant(1)
    return (whole.scaled(by: reduced.n), high + low)
  }

  /// `exp x - 1` without cancellation near zero.
  static func expm1(_ x: [Lane]) -> Lane {
    let x = x[0], k = Exponential.constants(x.dtype)
    let (high, low) = halfExpm1(x.limited(above: k.upper))
    let half = high + low
    // Halves would lose the sign of a zero and bits of a subnormal number.
    return select(x.magnitude .< x.constant(k.tiny), x, half + half)
  }

  /// `(exp x - 1) / 2` as a sum whose second term is a fraction of the first.
  ///
  /// With h = 2^(n - 1), which exists for every n, it is (h - 1/2) + h * r + h * (exp r - 1 - r).
  /// What the sums round away goes to the second term (of the first sum only for a small h).
  static func halfExpm1(_ x: Lane) -> (high: Lane, low: Lane) {
    let k = Exponential.constants(x.dtype)
    return halfExpm1(Reduced(x.limited(below: k.expm1Lower), offset: x.format.bias - 1))
  }

  private static func halfExpm1(_ reduced: Reduced) -> (high: Lane, low: Lane) {
    let r = reduced.r, h = reduced.power, half = r.constant(0.5)
    let k = Exponential.constants(r.dtype)
    let curved = fma(r * r, r.polynomial(k.expm1Coefficients), reduced.lost)
    let whole = h - half, linear = h * r
    let high = whole + linear
    let lost = (h - (whole + half)) + (linear - (high - whole))
    return (high, fma(h, curved, lost))
  }
}
