import Arrays

extension Expansions {
  /// The power by repeated squaring, one step for each bit that an exponent can have. Products
  /// wrap, and a negative exponent truncates the exact power to 1, -1 or 0.
  static func integerPower(_ a: Lane, _ b: Lane) -> Lane {
    let zero = a.constant(0), one = a.constant(1)
    let bitCount = a.dtype.isSigned ? a.dtype.bitWidth - 1 : a.dtype.bitWidth
    var result = one, square = a
    for bit in 0..<bitCount {
      let isSet = (b & b.constant(integer: 1 << UInt64(bit))) .!= zero
      let product = bit == 0 ? square : result * square
      result = select(isSet, product, result)
      if bit + 1 < bitCount { square = square * square }
    }
    guard a.dtype.isSigned else { return result }
    // The powers of 1 and -1 with the exponent read as a positive number are right already.
    let isUnit = (a .== one) | (a .== a.constant(-1))
    return select((b .< zero) & not(isUnit), zero, result)
  }
}
