import Arrays

// log x = e * ln 2 + log(1 + f) with x = 2^e * (1 + f). The exponent e and f come out of the bits.
// 1 + f lies around 1, so that no digits cancel when e is not 0.

/// The constants of logarithms for one dtype.
private struct Logarithm {
  /// ln 2, rounded, and what is left of it.
  let ln2High, ln2Low: Double
  /// The least 1 + f, and half the greatest.
  let least: Double
  let smallestNormal: Double
  /// Nearer to zero than this, `log(1 + x)` rounds to x.
  let tiny: Double
  /// The polynomial of `logarithm(_:plus:)`.
  let coefficients: [Double]

  static func constants(_ dtype: DType) -> Logarithm { dtype == .float32 ? float32 : float64 }

  /// `(log(1 + f) - f) / f^2`: minimax on |f| <= 1/3 for the relative error of `log(1 + f)`, the
  /// first coefficient fixed; the error is 2^-27.4.
  static let float32 = Logarithm(
    ln2High: 0.6931472, ln2Low: -1.9046542e-09, least: 0.6666667,
    smallestNormal: Double(Float.leastNormalMagnitude), tiny: 0x1p-30,
    coefficients: [
      -0.5, 0.33333215, -0.24999797, 0.20010409, -0.16680494, 0.14005825, -0.121841535, 0.13984637,
      -0.12892188,
    ])

  /// `(log((1 + s) / (1 - s)) - 2 s) / s^3` in powers of s^2: minimax on s^2 <= 0.0294373 for the
  /// relative error of the logarithm, which is 2^-59.5.
  static let float64 = Logarithm(
    ln2High: 0.6931471805599453, ln2Low: 2.3190468138462996e-17, least: 0.7071067811865476,
    smallestNormal: Double.leastNormalMagnitude, tiny: 0x1p-60,
    coefficients: [
      0.6666666666666734, 0.39999999999416597, 0.28571428742047067, 0.2222219860276343,
      0.1818356297319386, 0.15314081821363149, 0.14795661935605123,
    ])
}

extension Expansions {
  /// The natural logarithm, of subnormal numbers too.
  static func log(_ x: [Lane]) -> Lane {
    let x = x[0], (e, m) = split(x)
    return withLimits(logarithm(m - x.constant(1), plus: e), x, pole: 0)
  }

  /// `log(1 + x)` with all the digits of a small `x`.
  static func log1p(_ x: [Lane]) -> Lane {
    let x = x[0], k = Logarithm.constants(x.dtype), mantissaBits = UInt64(x.format.mantissaBits)
    let relative = relativeBits(x + x.constant(1), k)
    let e = shiftedExponent(relative, as: x) - x.constant(x.format.exponentOrigin)
    // With the exponent e of 1 + x, f = x * 2^-e + (2^-e - 1), where x still has all its digits.
    // For the greatest x only 2^(2 - e) is a normal number.
    let fraction = relative & relative.constant(integer: (1 << mantissaBits) - 1)
    let bias = relative.constant(integer: UInt64(2 * x.format.bias + 1) << mantissaBits)
    let inverse = (bias - (relative ^ fraction)).bitcast(to: x.dtype), quarter = x.constant(0.25)
    let start = fma(inverse, quarter, x.constant(-1))
    let f = fma(x * quarter, inverse, start)
    let lost = fma(x * quarter, inverse, start - f)
    let result = withLimits(logarithm(f, plus: e, lost), x, pole: -1)
    // Keeps the sign of a zero and the digits of a subnormal number.
    return select(x.magnitude .< x.constant(k.tiny), x, result)
  }

  /// `log(1 + x)` for `x` in [0, 1].
  static func log1p(ofFraction x: Lane) -> Lane {
    let k = Logarithm.constants(x.dtype), zero = x.constant(0)
    let half = x.constant(0.5), minusHalf = x.constant(-0.5)
    let isHalved = x .> x.constant(2 * k.least - 1)
    let halved = fma(x, half, minusHalf), lost = fma(x, half, minusHalf - halved)
    let f = select(isHalved, halved, x), e = select(isHalved, x.constant(1), zero)
    return logarithm(f, plus: e, select(isHalved, lost, zero))
  }

  /// `log(1 - exp x)`: the logarithm of `-expm1 x` where that is below a half, else that of one and
  /// a small term.
  static func log1mexp(_ x: [Lane]) -> Lane {
    let x = x[0], k = Logarithm.constants(x.dtype), zero = x.constant(0), one = x.constant(1)
    let (e, half) = exponentials(ofNegative: x)
    // Halves would lose bits of a subnormal number.
    let expm1 = select(x.magnitude .< x.constant(k.tiny), x, half + half)
    let (exponent, mantissa) = split(-expm1)
    let isFar = x .< x.constant(-k.ln2High), isHalved = e .> x.constant(1 - k.least)
    let farF = select(isHalved, fma(e, x.constant(-2), one), -e)
    let farExponent = select(isHalved, x.constant(-1), zero)
    let f = select(isFar, farF, mantissa - one)
    let finite = logarithm(f, plus: select(isFar, farExponent, exponent))
    let limit = select(x .== zero, x.constant(-.infinity), x.constant(.nan))
    // What rounds to zero has the sign of what it was.
    return select(x .< zero, -finite.magnitude, limit)
  }

  /// Replaces the results for arguments that are not above the pole and finite.
  private static func withLimits(_ result: Lane, _ x: Lane, pole: Double) -> Lane {
    let infinity = x.constant(.infinity), pole = x.constant(pole)
    let finite = select(x .< infinity, result, x)
    let limit = select(x .== pole, x.constant(-.infinity), x.constant(.nan))
    return select(x .> pole, finite, limit)
  }

  /// `log(1 + f) + e * ln 2`, the small terms first. To them belongs `lost`, which rounding took
  /// from f.
  private static func logarithm(_ f: Lane, plus e: Lane, _ lost: Lane? = nil) -> Lane {
    let k = Logarithm.constants(f.dtype), ln2Low = f.constant(k.ln2Low)
    let tail = lost.map { fma(e, ln2Low, $0) } ?? e * ln2Low
    if f.dtype == .float32 {
      let curved = fma(f * f, f.polynomial(k.coefficients), tail)
      return fma(e, f.constant(k.ln2High), f + curved)
    }
    // With s = f / (2 + f), log(1 + f) = f - f^2 / 2 + s * (f^2 / 2 + s^2 * P(s^2)). The division
    // costs less than the twelve more terms of a polynomial in f.
    let s = f / (f + f.constant(2)), z = s * s
    let half = f * f * f.constant(0.5)
    let curved = fma(s, fma(z, z.polynomial(k.coefficients), half), tail)
    return fma(e, f.constant(k.ln2High), f - (half - curved))
  }

  /// The exponent of a positive `x` as a float, and `x` divided by that power of two.
  static func split(_ x: Lane) -> (exponent: Lane, mantissa: Lane) {
    let bits = x.format.mantissaBits, origin = x.format.exponentOrigin
    let isSubnormal = x .< x.constant(Logarithm.constants(x.dtype).smallestNormal)
    let up = x.constant(Double(sign: .plus, exponent: bits, significand: 1))
    let (exponent, mantissa) = splitShifted(select(isSubnormal, x * up, x))
    let offset = select(isSubnormal, x.constant(origin + Double(bits)), x.constant(origin))
    return (exponent - offset, mantissa)
  }

  /// The same where `x` is not subnormal.
  static func splitNormal(_ x: Lane) -> (exponent: Lane, mantissa: Lane) {
    let (exponent, mantissa) = splitShifted(x)
    return (exponent - x.constant(x.format.exponentOrigin), mantissa)
  }

  /// The same with the exponent counted from `exponentOrigin`.
  private static func splitShifted(_ x: Lane) -> (exponent: Lane, mantissa: Lane) {
    let k = Logarithm.constants(x.dtype), relative = relativeBits(x, k)
    let fraction = relative & relative.constant(integer: (1 << UInt64(x.format.mantissaBits)) - 1)
    let mantissa = (fraction + x.constantBits(of: k.least)).bitcast(to: x.dtype)
    return (shiftedExponent(relative, as: x), mantissa)
  }

  /// The bits of a positive normal `x`, counted from those of the least 1 + f times 2^(1 - bias):
  /// the exponent part is the wanted exponent plus `bias - 1`, and nothing is negative.
  private static func relativeBits(_ x: Lane, _ k: Logarithm) -> Lane {
    let bias = UInt64(x.format.bias - 1) << UInt64(x.format.mantissaBits)
    return x.bits - x.bits.constant(integer: x.pattern(of: k.least) - bias)
  }

  /// The exponent in relative bits as a float, counted from `exponentOrigin`: they are shifted into
  /// the low digits of a float whose unit is 1.
  private static func shiftedExponent(_ relative: Lane, as x: Lane) -> Lane {
    let unit = Double(sign: .plus, exponent: x.format.mantissaBits, significand: 1)
    let shifted = relative >> relative.constant(integer: UInt64(x.format.mantissaBits))
    return (shifted | x.constantBits(of: unit)).bitcast(to: x.dtype)
  }
}

extension FloatFormat {
  /// What `shiftedExponent` makes of the exponent 0.
  fileprivate var exponentOrigin: Double {
    Double(sign: .plus, exponent: mantissaBits, significand: 1) + Double(bias - 1)
  }
}
