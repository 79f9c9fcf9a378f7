internal import Arrays
internal import Scalars

/// Integer division that never traps: a zero divisor gives 0, and the quotient of the least integer
/// by -1 wraps.
extension ScalarEmitter {
  func quotient(_ x: [IRValue], _ dtype: DType) -> IRValue {
    let name = dtype.isSigned ? "sdiv" : "udiv"
    if isHarmless(x[1]) { return writer.binary(name, x[0], x[1]) }
    let guarded = guardedDivisor(x[1], dtype)
    var result = writer.binary(name, x[0], guarded.divisor)
    if let isMinusOne = guarded.isMinusOne {
      result = writer.select(isMinusOne, writer.binary("sub", zero(like: x[0], dtype), x[0]), result)
    }
    return writer.select(guarded.isZero, zero(like: x[0], dtype), result)
  }

  func remainder(_ x: [IRValue], _ dtype: DType) -> IRValue {
    let name = dtype.isSigned ? "srem" : "urem"
    if isHarmless(x[1]) { return writer.binary(name, x[0], x[1]) }
    // The remainder by 1, which stands in for -1, is the 0 that is wanted for all three.
    return writer.binary(name, x[0], guardedDivisor(x[1], dtype).divisor)
  }

  /// Whether the divisor is a constant other than 0 and -1, which code generation turns into a
  /// multiplication.
  private func isHarmless(_ divisor: IRValue) -> Bool {
    guard let constant = divisor.constant else { return false }
    return constant != .zero(constant.dtype) && constant.asDouble != -1
  }

  /// The divisor with 1 in place of 0 and -1, and where that was done.
  private func guardedDivisor(
    _ divisor: IRValue, _ dtype: DType
  ) -> (divisor: IRValue, isZero: IRValue, isMinusOne: IRValue?) {
    let one = one(like: divisor, dtype)
    let isZero = compare("eq", [divisor, zero(like: divisor, dtype)], dtype)
    let nonzero = writer.select(isZero, one, divisor)
    guard dtype.isSigned else { return (nonzero, isZero, nil) }
    let isMinusOne = compare("eq", [divisor, allOnes(like: divisor, dtype)], dtype)
    return (writer.select(isMinusOne, one, nonzero), isZero, isMinusOne)
  }
}
