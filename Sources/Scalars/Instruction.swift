/// A primitive of one lane: what every back end has to implement, and all it has to implement.
///
/// Operands and result have one dtype unless a case says otherwise. Integers wrap around. The
/// back ends switch over this enum without a default, so a new case does not build until each
/// of them answers.
public enum Instruction: Hashable, Sendable {
  /// Sum, difference and product; integers wrap.
  case add, sub, mul
  /// Quotient. Integers truncate towards zero; a zero divisor gives 0 and `min / -1` wraps.
  case div
  /// Remainder of the truncated integer quotient; a zero divisor gives 0. Integers only.
  case rem
  /// `a * b + c`, rounded once. Floating dtypes only.
  case fma
  /// `a * 2^b`, rounded once, where both are NaN, or `a` is between 2^-30 and 2 in magnitude and `b` is
  /// a whole number, at most one above the greatest exponent of the dtype and less than 64 below that of
  /// the least subnormal number. Other operands give anything. Floating dtypes only.
  case scale
  /// The operand with its sign changed, or without its sign.
  case neg, abs
  /// The square root, rounded correctly. Floating dtypes only.
  case sqrt
  /// Rounding to a whole number: down, up, towards zero, and to nearest with ties to even.
  case floor, ceil, trunc, roundEven
  /// `a < b ? a : b` and `a > b ? a : b`; a NaN in either operand is the result.
  case min, max
  /// Comparisons of two operands of one dtype; the result is `bool`. Only `ne` holds for a NaN.
  case eq, ne, lt, le, gt, ge
  /// Bitwise logic of integers and bools.
  case and, or, xor, not
  /// Shifts by the second operand, which is below the bit width; `shiftRight` keeps the sign of a
  /// signed dtype. Integers only.
  case shiftLeft, shiftRight
  /// `c ? a : b` with a `bool` first operand.
  case select
  /// Converts to the line's dtype: floats to integers truncate and saturate, NaN to 0; integers
  /// wrap; anything to `bool` tests for a value other than zero.
  case convert
  /// The same bits as another dtype of the same width.
  case bitcast
  /// The element of a constant table at an index (`int32` or `int64`), which is within bounds.
  case lookup(Table)
  /// The result of an operation that is dozens of instructions, by the function that a back end has of
  /// them. Operands and result have one floating dtype.
  case call(ScalarOp)
}

/// A constant table of 64-bit words that an expansion reads by index.
public struct Table: Hashable, Sendable {
  /// The name that the text of a program shows.
  public let name: String
  /// The words, read as the dtype of the line that looks them up (`uint64`, `int64`, `float64`).
  public let words: [UInt64]

  /// Creates the table called `name`.
  public init(_ name: String, words: [UInt64]) {
    self.name = name
    self.words = words
  }
}

extension Instruction {
  /// The name that the text of a program shows.
  public var name: String {
    switch self {
    case .lookup(let table): "lookup.\(table.name)"
    case .call(let operation): "call.\(operation.name)"
    default: "\(self)"
    }
  }
}
