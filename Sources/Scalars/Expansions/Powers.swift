import Arrays

// pow(x, y) = exp(y * log |x|), and then the sign and the limits that C prescribes.

extension Expansions {
  /// The power of floats or of integers.
  static func pow(_ x: [Lane]) -> Lane {
    switch x[0].dtype {
    case .float32: withLimits(of: x[0], x[1], powerThroughFloat64(x[0], x[1]))
    case .float64: withLimits(of: x[0], x[1], power(x[0], x[1]))
    default: integerPower(x[0], x[1])
    }
  }

  /// Puts the sign and the special cases around `result`, the power of a positive finite number.
  private static func withLimits(of x: Lane, _ y: Lane, _ result: Lane) -> Lane {
    let zero = x.constant(0), one = x.constant(1), infinity = x.constant(.infinity)
    let a = x.magnitude, half = y * y.constant(0.5)
    let isWhole = y .== y.apply(.trunc)
    let isOdd = isWhole & (half .!= half.apply(.trunc))

    let hasNoValue = (x .< zero) & (y .!= y.apply(.trunc))
    let finite = select(hasNoValue, x.constant(.nan), result)
    let isLimit = (a .== zero) | (a .== infinity)
    let limit = select((a .> one) ^ (y .< zero), infinity, zero)
    let signed = select(isLimit, limit, finite)
      .flippingSign(select(isOdd, x.signBit, x.bits.constant(integer: 0)))
    // Only now the operands that are NaN; but to the power of 0, and of 1, even those give 1.
    let defined = select((x .!= x) | (y .!= y), x.constant(.nan), signed)
    return select((x .== one) | (y .== zero), one, defined)
  }
}

// MARK: - float32

extension Expansions {
  /// `log2(1 + f) / f`: minimax on 1/2 <= (1 + f)^2 <= 2, relative error 2^-33.2.
  private static let log2Coefficients = [
    1.4426950409393597, -0.7213475252137004, 0.4808983207271272, -0.3606728005370301,
    0.2885406436120232, -0.2405041730993346, 0.2060962544661077, -0.17904697865851818,
    0.15900154616420936, -0.15698211435370935, 0.1548571676231818, -0.08634585388441522,
  ]

  /// `2^r`: minimax on |r| <= 1/2, relative error 2^-29.0.
  private static let exp2Coefficients = [
    1.0000000005554912, 0.6931472057657754, 0.24022646889842317, 0.05550328699054805,
    0.00961848877864213, 0.0013399961690439073, 0.00015345914519581983,
  ]

  /// `2^(y * log2 |x|)` in float64, where no result is subnormal. Rounding it to float32 makes the
  /// limits.
  private static func powerThroughFloat64(_ x: Lane, _ y: Lane) -> Lane {
    // Any greater y has the same result, and infinity times log2(1) would be NaN.
    let y = y.limited(above: 0x1p40).limited(below: -0x1p40).converted(to: .float64)
    let (e, m) = splitNormal(x.converted(to: .float64).magnitude)
    let f = m - m.constant(1)
    let product = y * fma(f, f.polynomial(log2Coefficients), e)
    let t = product.limited(above: 130).limited(below: -160)
    let shifter = t.constant(FloatFormat.float64.shifter())
    let shifted = t + shifter
    let p = (t - (shifted - shifter)).polynomial(exp2Coefficients).bits
    let scaled = p + (shifted.bits << p.constant(integer: 52))
    return scaled.bitcast(to: .float64).converted(to: .float32)
  }
}

// MARK: - float64

extension Expansions {
  /// `(log((1 + s) / (1 - s)) - 2 s - 2/3 s^3) / s^5` in powers of s^2: minimax on s^2 <= 0.0294378
  /// for the relative error of the logarithm, which is 2^-65.7.
  private static let logarithmTail = [
    0.40000000000002256, 0.2857142857010017, 0.22222222519819634, 0.18181784376103047,
    0.15386756913513502, 0.13256827655880207, 0.13196234574053967,
  ]

  /// `exp(y * log |x|)` with the logarithm as a sum of two.
  private static func power(_ x: Lane, _ y: Lane) -> Lane {
    // Any greater y has the same result, and infinity times log(1) would be NaN.
    let y = y.limited(above: 0x1p66).limited(below: -0x1p66)
    let log = logarithmSum(x.magnitude)
    let product = y * log.high
    return exponential(product, tail: fma(y, log.low, fma(y, log.high, -product)))
  }

  /// `log x` as an unevaluated sum with an error of 2^-65 for a positive finite `x`: an error of
  /// the logarithm counts up to 745 times in the power.
  private static func logarithmSum(_ x: Lane) -> (high: Lane, low: Lane) {
    let (e, m) = split(x)
    let s = ratio(m)
    let cube = cubeTerm(s)
    let double = s.high + s.high
    let log = double + cube.high
    let low = (cube.high - (log - double)) + fma(s.low, x.constant(2), cube.low)
    // The first part of ln 2 has 42 bits, so that the product is exact.
    let whole = e * x.constant(0.6931471805598903)
    let high = whole + log
    let tail = fma(e, x.constant(5.497923018708371e-14), low)
    return (high, (log - (high - whole)) + tail)
  }

  /// `(m - 1) / (m + 1)` as an unevaluated sum.
  private static func ratio(_ m: Lane) -> (high: Lane, low: Lane) {
    let one = m.constant(1)
    let above = m - one, below = m + one
    let lost = above - (below - m.constant(2))
    let inverse = one / below
    let high = above * inverse
    return (high, fma(-high, lost, fma(-high, below, above)) * inverse)
  }

  /// `s^3 * (2/3 + s^2 * P(s^2))`, which makes `log((1 + s) / (1 - s))` with 2 s, as an unevaluated
  /// sum.
  private static func cubeTerm(_ s: (high: Lane, low: Lane)) -> (high: Lane, low: Lane) {
    let (s, t) = s
    let square = s * s
    let squareLow = fma(s + s, t, fma(s, s, -square))
    let cube = square * s
    let cubeLow = fma(square, t, fma(squareLow, s, fma(square, s, -cube)))
    let twoThirds = s.constant(0.6666666666666666)
    let tail = square * square.polynomial(logarithmTail)
    let factor = twoThirds + tail
    let factorLow = (tail - (factor - twoThirds)) + s.constant(3.700743415417188e-17)
    let high = cube * factor
    return (high, fma(cube, factorLow, fma(cubeLow, factor, fma(cube, factor, -high))))
  }
}
