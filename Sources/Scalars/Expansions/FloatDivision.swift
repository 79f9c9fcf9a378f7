import Arrays

// The quotient a // b rounded down and the remainder a % b with the sign of b.
//
// The rounded quotient a / b, rounded down, is the exact quotient n rounded down or one more, as
// long as it is below 2^53. The remainder a - n * b is exact in a fused multiply-add (or rounded
// once, where a and b have different signs), and its sign tells which of the two n is. float32
// operands take the same way in float64.

extension Expansions {
  /// `a // b` and `a % b`.
  static func floatDivMod(_ a: Lane, _ b: Lane) -> (quotient: Lane, remainder: Lane) {
    let dtype = a.dtype
    let result = wideDivMod(a.converted(to: .float64), b.converted(to: .float64))
    return (result.quotient.converted(to: dtype), result.remainder.converted(to: dtype))
  }

  private static func wideDivMod(_ a: Lane, _ b: Lane) -> (quotient: Lane, remainder: Lane) {
    let zero = a.constant(0), sign = b.signBit, noValue = a.constant(.nan)
    let ratio = a / b, n = ratio.apply(.floor)
    // A quotient of zero leaves all of a, even when b is infinite.
    let r = select(n .== zero, a, fma(-n, b, a))
    let isBelow = (r .!= zero) & ((r .< zero) ^ (b .< zero)) & (r .== r)
    let signedZero = sign.bitcast(to: .float64)
    let exact = select(r .== zero, signedZero, select(isBelow, r + b, r))
    // Beyond 2^53 the rounded quotient is whole, and nothing remains.
    let isWhole = n.magnitude .>= n.constant(0x1p53)
    let isDivided = b .!= zero, isInfinite = a.magnitude .== a.constant(.infinity)
    let hasValue = isDivided & not(isInfinite)
    let remainder = select(isWhole, select(hasValue, signedZero, noValue), exact)
    let quotient = select(isBelow & not(isWhole), n - n.constant(1), n)
    return (select(isInfinite & isDivided, noValue, quotient), remainder)
  }
}
