public import Arrays
import Glibc

extension ScalarOp {
  /// Returns the operation's value on operands that have the dtypes of its signature.
  ///
  /// Floating values are computed in `float64` and rounded once to the result's dtype.
  public func evaluate(_ x: [Scalar], as dtype: DType) -> Scalar {
    switch definition.evaluation {
    case .float1(let f): .float(f(x[0].asDouble), .float64).cast(to: dtype)
    case .unary(let f, let g, let unsigned):
      if dtype.isFloating {
        rounded(f(x[0].asDouble), dtype)
      } else if dtype.isUnsigned, let unsigned {
        Scalar.uint(unsigned(x[0].asUInt64), .uint64).cast(to: dtype)
      } else {
        wrapped(g(x[0].asInt64), dtype)
      }
    case .binary(let f, let g, let unsigned):
      if dtype.isFloating {
        rounded(f(x[0].asDouble, x[1].asDouble), dtype)
      } else if dtype.isUnsigned, let unsigned {
        Scalar.uint(unsigned(x[0].asUInt64, x[1].asUInt64), .uint64).cast(to: dtype)
      } else {
        wrapped(g(x[0].asInt64, x[1].asInt64), dtype)
      }
    case .compare(let f, let g, let unsigned):
      .bool(
        x[0].dtype.isFloating
          ? f(x[0].asDouble, x[1].asDouble)
          : x[0].dtype.isUnsigned
            ? unsigned(x[0].asUInt64, x[1].asUInt64)
            : g(x[0].asInt64, x[1].asInt64))
    case .scalars(let f): f(x, dtype)
    }
  }

  private func rounded(_ value: Double, _ dtype: DType) -> Scalar {
    Scalar.float(value, .float64).cast(to: dtype)
  }

  private func wrapped(_ value: Int64, _ dtype: DType) -> Scalar {
    Scalar.int(value, .int64).cast(to: dtype)
  }
}

extension Scalar {
  /// The value's low 64 bits as a signed number; bools count as 0 and 1.
  var asInt64: Int64 {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value, _): value
    case .uint(let value, _): Int64(truncatingIfNeeded: value)
    case .float: if case .int(let value, _) = cast(to: .int64) { value } else { 0 }
    }
  }

  /// The value's low 64 bits as an unsigned number; bools count as 0 and 1.
  var asUInt64: UInt64 { UInt64(truncatingIfNeeded: asInt64) }

  /// Whether the value is other than zero.
  var isTrue: Bool { if case .bool(let value) = self { value } else { asDouble != 0 } }
}

/// Integer values whose edge cases `Semantics.md` fixes.
enum Integers {
  static func quotient(_ a: Int64, _ b: Int64) -> Int64 { b == 0 ? 0 : b == -1 ? 0 &- a : a / b }
  static func quotient(_ a: UInt64, _ b: UInt64) -> UInt64 { b == 0 ? 0 : a / b }
  static func remainder(_ a: UInt64, _ b: UInt64) -> UInt64 { b == 0 ? 0 : a % b }
  static func remainder(_ a: Int64, _ b: Int64) -> Int64 { b == 0 || b == -1 ? 0 : a % b }

  /// The quotient rounded down, as Python's `//`.
  static func floorQuotient(_ a: Int64, _ b: Int64) -> Int64 {
    if b == 0 || b == -1 { return quotient(a, b) }
    return a % b != 0 && (a < 0) != (b < 0) ? a / b - 1 : a / b
  }

  /// The remainder with the sign of the divisor, as Python's `%`.
  static func modulus(_ a: Int64, _ b: Int64) -> Int64 {
    if b == 0 || b == -1 { return 0 }
    return a % b != 0 && (a < 0) != (b < 0) ? a % b + b : a % b
  }

  /// The power by repeated squaring, wrapping; a negative exponent truncates the exact power.
  static func power(_ a: Int64, _ b: Int64) -> Int64 {
    if b < 0 { return a == 1 ? 1 : a == -1 ? (b & 1 == 0 ? 1 : -1) : 0 }
    return Int64(bitPattern: power(UInt64(bitPattern: a), UInt64(b)))
  }
  static func power(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var (result, base, exponent): (UInt64, UInt64, UInt64) = (1, a, b)
    while exponent != 0 {
      if exponent & 1 == 1 { result &*= base }
      base &*= base
      exponent >>= 1
    }
    return result
  }

  /// The bitwise complement, or the negation of a bool.
  static func complement(_ x: [Scalar], _ dtype: DType) -> Scalar {
    if case .bool(let value) = x[0] { return .bool(!value) }
    return Scalar.int(~x[0].asInt64, .int64).cast(to: dtype)
  }
}

/// Floating values whose edge cases `Semantics.md` fixes.
enum Floats {
  /// Stands where a signature admits no floating operands.
  static func never(_ a: Double, _ b: Double) -> Double { .nan }

  static func minimum(_ a: Double, _ b: Double) -> Double {
    a.isNaN ? a : b.isNaN ? b : a < b ? a : b
  }
  static func maximum(_ a: Double, _ b: Double) -> Double {
    a.isNaN ? a : b.isNaN ? b : a > b ? a : b
  }
  static func sign(_ a: Double) -> Double { a > 0 ? 1 : a < 0 ? -1 : a }

  /// The remainder with the sign of the divisor, as Python's `%`.
  ///
  /// It is exact but for one rounding where the operands differ in sign. Where the quotient is 2^53
  /// or more it is zero, because such a quotient has no fraction.
  static func modulus(_ a: Double, _ b: Double) -> Double {
    let zero = Double(signOf: b, magnitudeOf: 0)
    if b != 0, !a.isInfinite, Swift.abs(a / b) >= 0x1p53 { return zero }
    let r = fmod(a, b)
    return r != 0 && (r < 0) != (b < 0) ? r + b : (r == 0 ? zero : r)
  }

  /// The quotient rounded down, as Python's `//`; beyond 2^53 it is the rounded quotient, which is
  /// whole, and so it is infinite or NaN where that is. An infinite dividend has no remainder, hence
  /// no quotient either, unless the divisor is zero.
  static func floorQuotient(_ a: Double, _ b: Double) -> Double {
    if a.isInfinite, b != 0 { return .nan }
    let ratio = a / b
    guard Swift.abs(ratio) < 0x1p53 else { return ratio }
    let n = ratio.rounded(.down)
    // Rounding may have gone past the next whole number: then a - n * b and b differ in sign.
    let r = n == 0 ? a : a.addingProduct(-n, b)
    return r != 0 && (r < 0) != (b < 0) ? n - 1 : n
  }

  static func sigmoid(_ x: Double) -> Double {
    if x < 0 {
      let e = exp(x)
      return e / (1 + e)
    }
    return 1 / (1 + exp(-x))
  }

  static func softplus(_ x: Double) -> Double { maximum(x, 0) + log1p(exp(-Swift.abs(x))) }

  /// `log(1 - exp x)` by the better of two formulas (Mächler, 2012).
  static func log1mexp(_ x: Double) -> Double {
    x > -0.6931471805599453 ? log(-expm1(x)) : log1p(-exp(x))
  }

  /// `exp(x^2) * erfc x`, far out by the asymptotic series.
  static func erfcx(_ x: Double) -> Double {
    if x > 20 {
      let z = 1 / (2 * x * x)
      var series = 1.0
      for odd in stride(from: 23.0, through: 1, by: -2) { series = 1 - odd * z * series }
      return series / x * 0.5641895835477563  // 1 / sqrt(pi)
    }
    if x < -27 { return .infinity }
    let square = x * x, lost = (-square).addingProduct(x, x)
    return exp(square) * (1 + lost) * erfc(x)
  }

  static func logErfc(_ x: Double) -> Double {
    if x > 20 { return log(erfcx(x)) - x * x }
    return Swift.abs(x) < 0.5 ? log1p(-erf(x)) : log(erfc(x))
  }

  static func fusedMultiplyAdd(_ x: [Scalar], _ dtype: DType) -> Scalar {
    if dtype == .float32 {
      let value = Float(x[2].asDouble).addingProduct(Float(x[0].asDouble), Float(x[1].asDouble))
      return .float(Double(value), .float32)
    }
    return .float(x[2].asDouble.addingProduct(x[0].asDouble, x[1].asDouble), dtype)
  }

  /// `min(max(x, low), high)`.
  static func clip(_ x: [Scalar], _ dtype: DType) -> Scalar {
    let lifted = ScalarOp.maximum.evaluate([x[0], x[1]], as: dtype)
    return ScalarOp.minimum.evaluate([lifted, x[2]], as: dtype)
  }
}
