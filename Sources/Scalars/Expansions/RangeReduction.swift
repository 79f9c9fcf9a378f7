import Arrays

// |x| = n * pi/2 + r with n whole and |r| <= pi / 4, for every finite float64 x. The digits of r
// that survive the subtraction have to be right even where x is as near to a multiple of pi/2 as a
// float64 gets (2^-61), so r comes with a tail.
//
// Up to 2^20, n * pi/2 is subtracted in three parts. Beyond, x * 2/pi is computed modulo 4 with the
// part of 2/pi that matters for the exponent of x (Payne and Hanek), which is looked up.

extension Expansions {
  /// The quadrant of `|x|` in the low bits of an integer, and the rest with its tail.
  static func quadrantReduced(_ x: Lane) -> (quadrant: Lane, r: Lane, tail: Lane) {
    let x = x.magnitude
    let near = subtracted(x), far = multiplied(x)
    // Infinity is left to the subtraction, which makes it NaN.
    let isFar = (x .> x.constant(0x1p20)) & (x .< x.constant(.infinity))
    return (
      select(isFar, far.quadrant, near.quadrant), select(isFar, far.r, near.r),
      select(isFar, far.tail, near.tail)
    )
  }

  /// The reduction by subtraction, for x <= 2^20.
  ///
  /// The first part of pi/2 has full precision: the difference is a multiple of 2^-53 below 1 and
  /// so exact. The second has 32 bits, so that its product with n is exact. The third is the rest.
  private static func subtracted(_ x: Lane) -> (quadrant: Lane, r: Lane, tail: Lane) {
    let shifter = x.constant(FloatFormat.float64.shifter())
    let shifted = fma(x, x.constant(0.6366197723675814), shifter)
    let n = shifted - shifter
    let exact = fma(n, x.constant(-1.5707963267948966), x)
    let second = x.constant(-6.12323399667708e-17)
    let r = fma(n, second, exact)
    let lost = fma(n, second, exact - r)
    let tail = fma(n, x.constant(9.403137205957857e-27), lost)
    return (shifted.bits, r, tail)
  }

  /// The reduction by multiplication, for x >= 2.
  ///
  /// With x = m * 2^(32 j - 51) and m whole, x * 2/pi = m * window(j) modulo 4. Writing m = k * 2^d
  /// (k of 53 bits, d below 32), each product with a part of the window splits at a power of two
  /// that goes with d, so that the sums of the first and of the second halves are exact.
  private static func multiplied(_ x: Lane) -> (quadrant: Lane, r: Lane, tail: Lane) {
    let bits = x.bits
    let j = (bits >> bits.constant(integer: 57)) & bits.constant(integer: 31)
    let windows = TwoOverPi.parts.map { j.apply(.lookup($0), .float64) }
    let d = bits & bits.constant(integer: 31 << 52)
    let m = ((bits & bits.constant(integer: (1 << 57) - 1)) + bits.constant(integer: 1075 << 52))
      .bitcast(to: .float64)

    let first = m * windows[0]
    let whole = (first * x.constant(0.25)).apply(.roundEven)
    let a = fma(whole, x.constant(-4), first) + fma(m, windows[0], -first)
    let second = rounded(m * windows[1], shifter: 0x1.8p3, d)
    let third = rounded(m * windows[2], shifter: 0x1.8p-49, d)
    let b = fma(m, windows[1], -second) + third
    let c = fma(m, windows[3], fma(m, windows[2], -third))

    let sum = a + second
    let shifter = x.constant(FloatFormat.float64.shifter())
    let shifted = sum + shifter
    let fraction = sum - (shifted - shifter)
    let high = fraction + b
    let low = (b - (high - fraction)) + c
    let quarter = x.constant(1.5707963267948966)
    let r = high * quarter
    let lost = fma(high, quarter, -r)
    let tail = fma(low, quarter, fma(high, x.constant(6.123233995736766e-17), lost))
    return (shifted.bits, r, tail)
  }

  /// `value` rounded to a multiple of 2^d * the unit of the shifter.
  private static func rounded(_ value: Lane, shifter: Double, _ d: Lane) -> Lane {
    let scaled = (d + value.constantBits(of: shifter)).bitcast(to: .float64)
    return (value + scaled) - scaled
  }
}
