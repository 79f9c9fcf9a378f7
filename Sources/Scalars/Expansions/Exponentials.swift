import Arrays

// exp x = 2^n * exp r with n = x / ln 2 rounded, so that |r| <= ln(2) / 2.
//
// ln 2 is split in two constants of full precision: x - n * high is a multiple of the unit of
// either and less than a half, hence exact in a fused multiply-add.

/// The constants of exponentials for one dtype.
private struct Exponential {
  /// ln 2, rounded, and what is left of it.
  let ln2High, ln2Low: Double
  /// Beyond these `exp` is infinite or rounds to zero.
  let upper, lower: Double
  /// `(exp r - 1 - r) / r^2`: minimax on |r| <= 0.34661 for the relative error of `exp r`.
  let coefficients: [Double]

  static func constants(_ dtype: DType) -> Exponential { dtype == .float32 ? float32 : float64 }

  /// The polynomial's error is 2^-27.7.
  static let float32 = Exponential(
    ln2High: 0.6931472, ln2Low: -1.9046542e-09, upper: 89, lower: -104,
    coefficients: [0.5, 0.16666488, 0.041665554, 0.0083722565, 0.0014035456])

  /// The polynomial's error is 2^-56.3.
  static let float64 = Exponential(
    ln2High: 0.6931471805599453, ln2Low: 2.3190468138462996e-17, upper: 710, lower: -746,
    coefficients: [
      0.5000000000000011, 0.16666666666666413, 0.04166666666653017, 0.008333333333494222,
      0.0013888888943629151, 0.0001984126950713379, 2.4801493098591803e-05, 2.755758586122947e-06,
      2.76302488449965e-07, 2.500022624801244e-08,
    ])
}

extension Expansions {
  static func exp(_ x: [Lane]) -> Lane { exponential(x[0]) }

  /// `exp(x + tail)`, where `tail` is less than a unit of `x`.
  static func exponential(_ x: Lane, tail: Lane? = nil) -> Lane {
    let k = Exponential.constants(x.dtype)
    let x = x.limited(above: k.upper).limited(below: k.lower)
    let (n, r) = reduced(x, tail, offset: x.format.bias - 1)
    // Twice exp r, so that 2^(n - 1) has an exponent that exists when n is the greatest.
    let p = r.polynomial([2, 2] + k.coefficients.map { 2 * $0 })
    // A subnormal result is rounded once, by the second factor; that is 1 for all others.
    let mantissaBits = n.constant(integer: UInt64(x.format.mantissaBits))
    let exponent = n << mantissaBits
    let normal = n.builder.emit(.max, [exponent, n.constant(integer: 1) << mantissaBits])
    let one = x.constant(1).bits
    return p * normal.bitcast(to: x.dtype) * (exponent - normal + one).bitcast(to: x.dtype)
  }

  /// The whole number `n + offset` in the low bits of an integer, and the rest `r`.
  static func reduced(_ x: Lane, _ tail: Lane?, offset: Int) -> (n: Lane, r: Lane) {
    let k = Exponential.constants(x.dtype)
    let shifter = x.constant(x.format.shifter(offset: offset))
    let shifted = fma(x, x.constant(1.4426950408889634), shifter)
    let n = shifted - shifter
    let r = fma(n, x.constant(-k.ln2High), x)
    let low = fma(n, x.constant(-k.ln2Low), r)
    return (shifted.bits, tail.map { low + $0 } ?? low)
  }
}
