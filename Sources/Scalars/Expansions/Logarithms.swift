import Arrays

// log x = e * ln 2 + log(1 + f) with x = 2^e * (1 + f). The exponent e and f come out of the bits;
// f lies in [-1/3, 1/3], so that no digits cancel when e is not 0.

/// The constants of logarithms for one dtype.
private struct Logarithm {
  let ln2High, ln2Low: Double
  /// The bits of the least 1 + f.
  let least: UInt64
  let smallestNormal: Double
  /// `(log(1 + f) - f) / f^2`: minimax on |f| <= 1/3 for the relative error of `log(1 + f)`, the
  /// first coefficient fixed.
  let coefficients: [Double]

  static func constants(_ dtype: DType) -> Logarithm { dtype == .float32 ? float32 : float64 }

  /// The polynomial's error is 2^-27.4.
  static let float32 = Logarithm(
    ln2High: 0.6931472, ln2Low: -1.9046542e-09, least: 0x3f2a_aaab,
    smallestNormal: Double(Float.leastNormalMagnitude),
    coefficients: [
      -0.5, 0.33333215, -0.24999797, 0.20010409, -0.16680494, 0.14005825, -0.121841535, 0.13984637,
      -0.12892188,
    ])

  /// The polynomial's error is 2^-56.5.
  static let float64 = Logarithm(
    ln2High: 0.6931471805599453, ln2Low: 2.3190468138462996e-17, least: 0x3fe5_5555_5555_5555,
    smallestNormal: Double.leastNormalMagnitude,
    coefficients: [
      -0.5, 0.3333333333333323, -0.25000000000013334, 0.20000000000054774, -0.16666666662931465,
      0.1428571427652283, -0.1250000038890068, 0.11111111841138809, -0.09999979300953127,
      0.09090876567848741, -0.08333971973035022, 0.07693189469129008, -0.07130795965742763,
      0.06651593991880363, -0.06390859328242622, 0.060448162300615435, -0.04573752863054247,
      0.042040294157336865, -0.08624346323657985, 0.0844944911799176,
    ])
}

extension Expansions {
  static func log(_ x: [Lane]) -> Lane {
    let x = x[0]
    let (e, m) = split(x)
    let result = logarithm(exponent: e, m - x.constant(1))
    return withLogarithmLimits(result, x)
  }

  /// Replaces the results for arguments that are not positive and finite.
  private static func withLogarithmLimits(_ result: Lane, _ x: Lane) -> Lane {
    let infinity = x.constant(.infinity), zero = x.constant(0)
    let finite = select(x .< infinity, result, x)
    let limit = select(x .== zero, -infinity, x.constant(.nan))
    return select(x .> zero, finite, limit)
  }

  /// `e * ln 2 + log(1 + f)`, the small terms first.
  private static func logarithm(exponent e: Lane, _ f: Lane) -> Lane {
    let k = Logarithm.constants(f.dtype)
    let low = fma(f * f, f.polynomial(k.coefficients), e * f.constant(k.ln2Low))
    return fma(e, f.constant(k.ln2High), f + low)
  }

  /// The exponent of a positive `x` as a float, and `x` divided by that power of two, which lies in
  /// [2/3, 4/3].
  private static func split(_ x: Lane) -> (exponent: Lane, mantissa: Lane) {
    let k = Logarithm.constants(x.dtype), format = x.format
    let bits = format.mantissaBits, scale = Double(sign: .plus, exponent: bits, significand: 1)
    let subnormal = x .< x.constant(k.smallestNormal)
    let normal = select(subnormal, x * x.constant(scale), x)
    let relative = relativeBits(normal, k)
    let fraction = relative & relative.constant(integer: (1 << UInt64(bits)) - 1)
    let mantissa = fraction + relative.constant(integer: k.least)
    // The exponent as the low bits of the float 2^mantissaBits + exponent.
    let shifted = (relative >> relative.constant(integer: UInt64(bits))) | x.constant(scale).bits
    let origin = scale + Double(format.bias - 1)
    let offset = select(subnormal, x.constant(origin + Double(bits)), x.constant(origin))
    return (shifted.bitcast(to: x.dtype) - offset, mantissa.bitcast(to: x.dtype))
  }

  /// The bits of a positive normal `x`, counted from those of 2/3 * 2^(1 - bias): the exponent
  /// part is the wanted exponent plus `bias - 1`, and nothing is negative.
  private static func relativeBits(_ x: Lane, _ k: Logarithm) -> Lane {
    let bias = UInt64(x.format.bias - 1) << UInt64(x.format.mantissaBits)
    return x.bits - x.bits.constant(integer: k.least - bias)
  }
}
