public import Arrays

extension ScalarOp {
  /// Everything the library knows about a scalar operation.
  public struct Definition: Sendable {
    /// Which dtypes it takes and gives.
    public let signature: Signature
    /// How it becomes instructions.
    public let lowering: Lowering
    /// Its value, computed without the instructions, for the reference back end.
    public let evaluation: Evaluation
    /// Its time in units of one addition, for decisions about fusion and threads.
    public let cost: Int
    /// Where tests draw floating operands from.
    public let domain: ClosedRange<Double>
  }

  /// Which dtypes an operation takes and gives.
  public enum Signature: Sendable {
    /// `n` operands of one dtype and a result of the same; bools count as `int64`.
    case numeric(Int)
    /// `n` operands of one floating dtype and a result of the same; integers are promoted.
    case floating(Int)
    /// Two operands of one dtype; the result is `bool`.
    case comparison
    /// `n` operands of one dtype that is `bool` or an integer; the result is the same.
    case logical(Int)
    /// A `bool` and two operands of one dtype, which is the result's.
    case choice
    /// One operand of any dtype; the result's dtype is stated.
    case conversion

    /// The number of operands.
    public var arity: Int {
      switch self {
      case .numeric(let n), .floating(let n), .logical(let n): n
      case .comparison: 2
      case .choice: 3
      case .conversion: 1
      }
    }
  }

  /// How an operation becomes instructions.
  public enum Lowering: Sendable {
    /// It is one.
    case instruction(Instruction)
    /// It is a formula of several, written for the dtype of its last operand.
    case expansion(@Sendable ([Lane]) -> Lane)
  }

  /// The value of an operation on concrete operands.
  public enum Evaluation: Sendable {
    /// Computed in `float64` and rounded to the result's dtype.
    case float1(@Sendable (Double) -> Double)
    /// Computed in `float64`, or in wrapping `int64` (`unsigned` where that makes a difference).
    case binary(
      @Sendable (Double, Double) -> Double, @Sendable (Int64, Int64) -> Int64,
      unsigned: (@Sendable (UInt64, UInt64) -> UInt64)? = nil)
    /// Likewise with one operand.
    case unary(
      @Sendable (Double) -> Double, @Sendable (Int64) -> Int64,
      unsigned: (@Sendable (UInt64) -> UInt64)? = nil)
    /// Likewise for a comparison.
    case compare(
      @Sendable (Double, Double) -> Bool, @Sendable (Int64, Int64) -> Bool,
      unsigned: @Sendable (UInt64, UInt64) -> Bool)
    /// Anything else, on scalars and the dtype of the result.
    case scalars(@Sendable ([Scalar], DType) -> Scalar)
  }
}

extension ScalarOp.Signature {
  /// Returns the dtype that every operand of `dtype` has to be cast to before the operation, or nil
  /// where the operation has no meaning for it. The first operand of a choice is not meant.
  public func operandDType(for dtype: DType) -> DType? {
    switch self {
    case .numeric: dtype == .bool ? .int64 : dtype
    case .floating:
      if dtype.isFloating { dtype } else { dtype.byteCount <= 2 ? .float32 : .float64 }
    case .comparison, .choice, .conversion: dtype
    case .logical: dtype.isFloating ? nil : dtype
    }
  }

  /// Returns the dtype of the result for operands of `dtype`.
  public func resultDType(for dtype: DType) -> DType {
    switch self {
    case .comparison: .bool
    case .numeric, .floating, .logical, .choice, .conversion: dtype
    }
  }
}
