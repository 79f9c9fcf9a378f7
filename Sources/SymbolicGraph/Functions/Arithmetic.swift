public import Arrays
import Scalars

precedencegroup ExponentiationPrecedence {
  associativity: right
  higherThan: MultiplicationPrecedence
}

/// The power. A minus sign in front binds closer, as prefix operators do: `-x ** 2` is `(-x) ** 2`.
infix operator ** : ExponentiationPrecedence

extension Tensor {
  /// The sum; integers wrap around.
  public static func + (a: Tensor, b: Tensor) -> Tensor { elementwise(.add, a, b) }
  /// The difference; integers wrap around.
  public static func - (a: Tensor, b: Tensor) -> Tensor { elementwise(.sub, a, b) }
  /// The product, element by element; integers wrap around.
  public static func * (a: Tensor, b: Tensor) -> Tensor { elementwise(.mul, a, b) }
  /// The quotient, floating for integers too.
  public static func / (a: Tensor, b: Tensor) -> Tensor { elementwise(.div, a, b) }
  /// The remainder with the sign of the divisor, as NumPy's.
  public static func % (a: Tensor, b: Tensor) -> Tensor { elementwise(.mod, a, b) }
  /// The power.
  public static func ** (a: Tensor, b: Tensor) -> Tensor { elementwise(.pow, a, b) }
  /// The operand with its sign changed.
  public static prefix func - (a: Tensor) -> Tensor { elementwise(.neg, a) }

  /// Whether elements are less, at most, greater, at least, equal, different; `bool`.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { elementwise(.lt, a, b) }
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { elementwise(.le, a, b) }
  public static func .> (a: Tensor, b: Tensor) -> Tensor { elementwise(.gt, a, b) }
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { elementwise(.ge, a, b) }
  public static func .== (a: Tensor, b: Tensor) -> Tensor { elementwise(.eq, a, b) }
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { elementwise(.ne, a, b) }

  /// Logic of bools, and of the bits of integers: and, or, exclusive or, not.
  public static func .& (a: Tensor, b: Tensor) -> Tensor { elementwise(.and, a, b) }
  public static func .| (a: Tensor, b: Tensor) -> Tensor { elementwise(.or, a, b) }
  public static func .^ (a: Tensor, b: Tensor) -> Tensor { elementwise(.xor, a, b) }
  public static prefix func .! (a: Tensor) -> Tensor { elementwise(.not, a) }
}

/// The quotient rounded down, as NumPy's `//`; for integers a zero divisor gives 0.
public func floorDivide(_ a: Tensor, _ b: Tensor) -> Tensor { .elementwise(.floorDiv, a, b) }

/// The elements of `a` where `condition` holds, and of `b` elsewhere.
///
/// - Parameter condition: A `bool` tensor; it broadcasts with the other two.
public func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
  .elementwise(.where, condition, a, b)
}

/// The elements as another dtype. Floats become integers by truncation and saturate; NaN becomes 0.
public func cast(_ x: Tensor, to dtype: DType) -> Tensor {
  guard let type = x.node.type, type.dtype != dtype || x.node.isWeak else { return x }
  if x.node.isWeak, let value = (x.node.operation as? Constant)?.scalar {
    return .constant(NDArray(scalar: value.cast(to: dtype)))
  }
  return x.applying(Elementwise(.cast, dtype))
}

/// The magnitude; for the least signed integer it wraps around to itself.
public func abs(_ x: Tensor) -> Tensor { .elementwise(.abs, x) }
/// -1, 0 or 1; NaN stays NaN.
public func sign(_ x: Tensor) -> Tensor { .elementwise(.sign, x) }
/// The nearest whole number below.
public func floor(_ x: Tensor) -> Tensor { .elementwise(.floor, x) }
/// The nearest whole number above.
public func ceil(_ x: Tensor) -> Tensor { .elementwise(.ceil, x) }
/// The nearest whole number, ties to even.
public func round(_ x: Tensor) -> Tensor { .elementwise(.round, x) }
/// The whole number towards zero.
public func trunc(_ x: Tensor) -> Tensor { .elementwise(.trunc, x) }
/// The lesser of each two elements; NaN if either is.
public func min(_ a: Tensor, _ b: Tensor) -> Tensor { .elementwise(.minimum, a, b) }
/// The greater of each two elements; NaN if either is.
public func max(_ a: Tensor, _ b: Tensor) -> Tensor { .elementwise(.maximum, a, b) }
/// `min(max(x, low), high)`.
public func clip(_ x: Tensor, _ low: Tensor, _ high: Tensor) -> Tensor {
  .elementwise(.clip, x, low, high)
}
/// The square root; NaN below zero.
public func sqrt(_ x: Tensor) -> Tensor { .elementwise(.sqrt, x) }
/// `x * x`.
public func square(_ x: Tensor) -> Tensor { .elementwise(.square, x) }
/// `1 / x`, floating for integers too.
public func reciprocal(_ x: Tensor) -> Tensor { .elementwise(.reciprocal, x) }

extension Tensor {
  /// The elements as another dtype.
  public func cast(to dtype: DType) -> Tensor { SymbolicGraph.cast(self, to: dtype) }
}
