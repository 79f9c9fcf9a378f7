/// One value with its dtype, exact for every dtype.
///
/// The payload is always a value of the dtype it stands beside: make scalars with `init(_:)` and
/// `cast(to:)`, which see to that. Two scalars are equal when their dtypes and their bits are: NaN
/// equals itself, and `-0.0` differs from `0.0`.
public enum Scalar: Sendable {
  case bool(Bool)
  case int(Int64, DType)
  case uint(UInt64, DType)
  case float(Double, DType)

  /// Wraps a Swift value.
  public init(_ value: some ArrayElement) { self = value.scalar }

  /// The zero of `dtype`; `false` for `bool`.
  public static func zero(_ dtype: DType) -> Scalar { Scalar.bool(false).cast(to: dtype) }

  /// The one of `dtype`; `true` for `bool`.
  public static func one(_ dtype: DType) -> Scalar { Scalar.bool(true).cast(to: dtype) }

  /// The dtype the value has.
  public var dtype: DType {
    switch self {
    case .bool: .bool
    case .int(_, let dtype), .uint(_, let dtype), .float(_, let dtype): dtype
    }
  }

  /// The nearest `Double`.
  public var asDouble: Double {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value, _): Double(value)
    case .uint(let value, _): Double(value)
    case .float(let value, _): value
    }
  }

  /// The bytes of the value in its own dtype, as the low bits of an integer.
  public var bitPattern: UInt64 {
    let mask = UInt64.max >> UInt64(64 - dtype.bitWidth)
    return switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value, _): UInt64(bitPattern: value) & mask
    case .uint(let value, _): value & mask
    case .float(let value, .float32): UInt64(Float(value).bitPattern)
    case .float(let value, _): value.bitPattern
    }
  }
}

extension Scalar: Hashable {
  public static func == (a: Scalar, b: Scalar) -> Bool {
    a.dtype == b.dtype && a.bitPattern == b.bitPattern
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(dtype)
    hasher.combine(bitPattern)
  }
}

extension Scalar: CustomStringConvertible {
  /// The value as texts print constants: `1`, `2.5`, `1e+16`, `inf`, `nan`, `true`.
  public var description: String {
    switch self {
    case .bool(let value): value ? "true" : "false"
    case .int(let value, _): String(value)
    case .uint(let value, _): String(value)
    case .float(let value, .float32): Self.shortest(Float(value).description)
    case .float(let value, _): Self.shortest(value.description)
    }
  }

  /// Swift's shortest spelling that reads back as the same value, less a trailing `.0`.
  private static func shortest(_ text: String) -> String {
    text.hasPrefix("-nan") || text.hasPrefix("snan") || text.hasPrefix("-snan")
      ? "nan" : text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
