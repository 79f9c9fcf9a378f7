internal import Arrays
internal import Scalars

/// Integer division that never traps: a zero divisor gives 0, and the quotient of the least integer
/// by -1 wraps.
extension ScalarEmitter {
  func quotient(_ x: [IRValue], _ dtype: DType) -> IRValue {
    if isHarmless(x[1]) { return plainQuotient(x[0], x[1], dtype) }
    let guarded = guardedDivisor(x[1], dtype)
    var result = dividedQuotient(x[0], guarded.divisor, dtype)
    if let isMinusOne = guarded.isMinusOne {
      result = writer.select(
        isMinusOne, writer.binary("sub", zero(like: x[0], dtype), x[0]), result)
    }
    return writer.select(guarded.isZero, zero(like: x[0], dtype), result)
  }

  func remainder(_ x: [IRValue], _ dtype: DType) -> IRValue {
    if isHarmless(x[1]) {
      return writer.binary(dtype.isSigned ? "srem" : "urem", x[0], x[1])
    }
    // The remainder by 1, which stands in for 0 and -1, is the 0 that is wanted for both.
    let divisor = guardedDivisor(x[1], dtype).divisor
    let product = writer.binary("mul", dividedQuotient(x[0], divisor, dtype), divisor)
    return writer.binary("sub", x[0], product)
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

  private func plainQuotient(_ a: IRValue, _ b: IRValue, _ dtype: DType) -> IRValue {
    writer.binary(dtype.isSigned ? "sdiv" : "udiv", a, b)
  }

  /// The truncated quotient, for a divisor other than 0 and -1.
  ///
  /// No processor divides vectors of integers, but of floats. A quotient of n-bit integers that is not
  /// whole is at least 1/b from the next whole number, and the error of the float is less: at most
  /// 2^n / b * 2^-24 for n <= 16 in `float32`, 2^n / b * 2^-53 for n <= 32 in `float64`.
  private func dividedQuotient(_ a: IRValue, _ b: IRValue, _ dtype: DType) -> IRValue {
    guard a.type.lanes > 1, dtype.bitWidth <= 32 else { return plainQuotient(a, b, dtype) }
    let float: DType = dtype.bitWidth <= 16 ? .float32 : .float64
    let quotient = writer.binary(
      "fdiv", converted(a, from: dtype, to: float), converted(b, from: dtype, to: float))
    return writer.convert(
      dtype.isSigned ? "fptosi" : "fptoui", quotient, to: IRType(dtype, lanes: a.type.lanes))
  }
}
