import Arrays

// float32 arguments are reduced and their functions evaluated in float64, where q = x / pi with
// all the digits that matter takes two products. 1/pi modulo 2 comes in four windows, one for each
// range of x: in each, the bits of 1/pi that only contribute whole turns are left out.

extension Expansions {
  /// `sin x = (-1)^n * sin(pi * f)` with |x| / pi = n + f.
  static func sinThroughFloat64(_ x: Lane) -> Lane {
    let (high, low) = halfTurns(x)
    let shifter = high.constant(FloatFormat.float64.shifter())
    let shifted = high + shifter
    let f = (high - (shifted - shifter)) + low
    let odd = shifted.bits << shifted.bits.constant(integer: 63)
    let sign = odd ^ x.converted(to: .float64).signBit
    return sinpi(f).flippingSign(sign).converted(to: .float32)
  }

  /// `cos x = -(-1)^n * sin(pi * f)` with |x| / pi = n + 1/2 + f.
  static func cosThroughFloat64(_ x: Lane) -> Lane {
    let (high, low) = halfTurns(x)
    let shifter = high.constant(FloatFormat.float64.shifter()), half = high.constant(0.5)
    let shifted = (high - half) + shifter
    let f = (((shifted - shifter) + half) - high) - low
    let odd = shifted.bits << shifted.bits.constant(integer: 63)
    return sinpi(f).flippingSign(odd).converted(to: .float32)
  }

  /// The tangent from both functions on an eighth of a turn.
  static func tanThroughFloat64(_ x: Lane) -> Lane {
    let (high, low) = halfTurns(x)
    // Rounds to a multiple of 1/2.
    let shifter = high.constant(FloatFormat.float64.shifter() / 2)
    let shifted = high + shifter
    let f = (high - (shifted - shifter)) + low
    let z = f * f
    let s = f * z.polynomial(eighthSine), c = z.polynomial(eighthCosine)
    let bits = shifted.bits, one = bits.constant(integer: 1)
    let odd = (bits & one) .== one
    let sign = (bits << bits.constant(integer: 63)) ^ x.converted(to: .float64).signBit
    return (select(odd, c, s) / select(odd, s, c)).flippingSign(sign).converted(to: .float32)
  }

  /// `sin(pi * f) / f` in powers of f^2: minimax on |f| <= 0.532 (the reduction of huge arguments
  /// leaves a little more than a half), relative error 2^-34.3.
  private static let halfSine = [
    3.1415926534462635, -5.16771274613995, 2.5501627131112974, -0.5992452747374195,
    0.08201824106692651, -0.006976291801702177,
  ]

  /// Likewise on |f| <= 0.282, relative error 2^-35.9, and `cos(pi * f)` there, 2^-32.2.
  private static let eighthSine = [
    3.141592653541598, -5.167712750434155, 2.5501611043069503, -0.5991621755683397,
    0.08068317894644295,
  ]
  private static let eighthCosine = [
    0.9999999998039381, -4.9348020863630655, 4.058701211505703, -1.3348920459177336,
    0.2301356353131525,
  ]

  private static func sinpi(_ f: Lane) -> Lane { f * (f * f).polynomial(halfSine) }

  /// From which |x| a window holds, and 1/pi modulo `2 / 2^e` in two parts, where 2^e divides
  /// every such x.
  private static let windows = [
    (least: 0x1p50, high: -2.0598845603958264e-09, low: 1.4188110088932633e-25),
    (least: 0x1p76, high: -7.518982790644032e-17, low: 5.090832193749855e-33),
    (least: 0x1p102, high: -2.7170920538718753e-25, low: 1.9429493537593412e-41),
  ]

  /// `|x| / pi` modulo 2 as an unevaluated sum. An infinite `x` gives NaN.
  private static func halfTurns(_ x: Lane) -> (high: Lane, low: Lane) {
    let x = x.converted(to: .float64).magnitude
    var high = x.constant(0.3183098861837907), low = x.constant(-1.9678676675182486e-17)
    for window in windows {
      let isBeyond = x .>= x.constant(window.least)
      high = select(isBeyond, x.constant(window.high), high)
      low = select(isBeyond, x.constant(window.low), low)
    }
    let product = x * high
    return (product, fma(x, low, fma(x, high, -product)))
  }
}
