/// The type of an array's elements.
public enum DType: String, CaseIterable, Sendable, Hashable, CustomStringConvertible {
  case bool
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case float32, float64

  /// The name as NumPy spells it: `float64`.
  public var description: String { rawValue }

  /// The name as types are printed: `f64`.
  public var shortName: String {
    switch self {
    case .bool: "bool"
    case .int8: "i8"
    case .int16: "i16"
    case .int32: "i32"
    case .int64: "i64"
    case .uint8: "u8"
    case .uint16: "u16"
    case .uint32: "u32"
    case .uint64: "u64"
    case .float32: "f32"
    case .float64: "f64"
    }
  }

  /// The bytes one element takes in memory.
  public var byteCount: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// The bits one element takes in memory; 8 for `bool`.
  public var bitWidth: Int { byteCount * 8 }

  /// Whether the dtype is `float32` or `float64`.
  public var isFloating: Bool { kind == .floating }

  /// Whether the dtype is a signed or unsigned integer; `bool` is not.
  public var isInteger: Bool { kind == .signed || kind == .unsigned }

  /// Whether the dtype has negative values.
  public var isSigned: Bool { kind == .signed || kind == .floating }

  /// Whether the dtype is one of `uint8` to `uint64`.
  public var isUnsigned: Bool { kind == .unsigned }

  /// The families of dtypes, narrowest first.
  package enum Kind: Int, CaseIterable, Sendable {
    case bool, unsigned, signed, floating
  }

  /// The family the dtype belongs to.
  package var kind: Kind {
    switch self {
    case .bool: .bool
    case .int8, .int16, .int32, .int64: .signed
    case .uint8, .uint16, .uint32, .uint64: .unsigned
    case .float32, .float64: .floating
    }
  }
}

extension DType {
  /// The type of an array as errors and graphs print it: `f64[3,4]`.
  package func typeText(_ shape: [Int]) -> String { shortName + Self.shapeText(shape) }

  /// A shape as errors and graphs print it: `[3,4]`.
  package static func shapeText(_ shape: [Int]) -> String {
    "[" + shape.map(String.init).joined(separator: ",") + "]"
  }

  /// Why -1 stands for no length in the shape that something is to get, if a length of 0 is beside it.
  package static func openLengthNote(in target: [Int]) -> String? {
    target.contains(-1) && target.contains(0) ? "-1 could be any length beside one of 0" : nil
  }
}
