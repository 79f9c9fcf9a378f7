/// A Swift type that array elements are read and written as.
///
/// The conformances below are all there are: the bytes of a conforming type must be those of its
/// dtype. `Int` and `UInt` stand for `int64` and `uint64`.
public protocol ArrayElement: Sendable, Equatable, BitwiseCopyable {
  /// The dtype whose elements have this type's layout.
  static var dtype: DType { get }

  /// The value together with its dtype.
  var scalar: Scalar { get }
}

/// What conversions between dtypes are made of, without naming a dtype.
///
/// A conforming type says how it is made from the two widest integers and the widest float, and casts
/// itself by handing itself over as one of these; so every pair of types works.
package protocol CastableElement: ArrayElement {
  static var zero: Self { get }
  static var one: Self { get }

  /// Makes the value from an integer, keeping the low bits; for floats the nearest value.
  init(wrapping value: Int64)
  /// Makes the value from an unsigned integer, keeping the low bits; for floats the nearest value.
  init(wrapping value: UInt64)
  /// Makes the value from a float: truncated towards zero, saturated at the ends, NaN to zero.
  init(saturating value: Double)

  /// Returns the value as a `Target`, as `Semantics.md` says casts work.
  func cast<Target: CastableElement>(to: Target.Type) -> Target
}

extension Bool: CastableElement {
  public static var dtype: DType { .bool }
  public var scalar: Scalar { .bool(self) }

  package static var zero: Bool { false }
  package static var one: Bool { true }
  package init(wrapping value: Int64) { self = value != 0 }
  package init(wrapping value: UInt64) { self = value != 0 }
  package init(saturating value: Double) { self = value != 0 }
  package func cast<Target: CastableElement>(to: Target.Type) -> Target { self ? .one : .zero }
}

extension ArrayElement where Self: FixedWidthInteger & SignedInteger {
  public var scalar: Scalar { .int(Int64(self), Self.dtype) }
}

extension CastableElement where Self: FixedWidthInteger & SignedInteger {
  package static var one: Self { 1 }
  package init(wrapping value: Int64) { self.init(truncatingIfNeeded: value) }
  package init(wrapping value: UInt64) { self.init(truncatingIfNeeded: value) }
  package init(saturating value: Double) {
    // By way of `Int64`: the generic conversion takes eleven times as long (Zen 5).
    let least = Double(Int64.min >> Int64(64 - Self.bitWidth))
    if value >= -least {
      self = .max
    } else if value > least {
      self.init(truncatingIfNeeded: Int64(value))
    } else {
      self = value.isNaN ? 0 : .min
    }
  }
  package func cast<Target: CastableElement>(to: Target.Type) -> Target {
    Target(wrapping: Int64(truncatingIfNeeded: self))
  }
}

extension ArrayElement where Self: FixedWidthInteger & UnsignedInteger {
  public var scalar: Scalar { .uint(UInt64(self), Self.dtype) }
}

extension CastableElement where Self: FixedWidthInteger & UnsignedInteger {
  package static var one: Self { 1 }
  package init(wrapping value: Int64) { self.init(truncatingIfNeeded: value) }
  package init(wrapping value: UInt64) { self.init(truncatingIfNeeded: value) }
  package init(saturating value: Double) {
    // The first power of two that is too large; the greatest value itself may not be a `Double`.
    let limit = Double(UInt64(1) << UInt64(Self.bitWidth - 1)) * 2
    if value >= limit {
      self = .max
    } else {
      let least = value > 0 ? value : 0
      self.init(
        truncatingIfNeeded: Self.bitWidth < 64 ? UInt64(bitPattern: Int64(least)) : UInt64(least))
    }
  }
  package func cast<Target: CastableElement>(to: Target.Type) -> Target {
    Target(wrapping: UInt64(truncatingIfNeeded: self))
  }
}

extension Int8: CastableElement { public static var dtype: DType { .int8 } }
extension Int16: CastableElement { public static var dtype: DType { .int16 } }
extension Int32: CastableElement { public static var dtype: DType { .int32 } }
extension Int64: CastableElement { public static var dtype: DType { .int64 } }
extension Int: CastableElement { public static var dtype: DType { .int64 } }
extension UInt8: CastableElement { public static var dtype: DType { .uint8 } }
extension UInt16: CastableElement { public static var dtype: DType { .uint16 } }
extension UInt32: CastableElement { public static var dtype: DType { .uint32 } }
extension UInt64: CastableElement { public static var dtype: DType { .uint64 } }
extension UInt: CastableElement { public static var dtype: DType { .uint64 } }

extension Float: CastableElement {
  public static var dtype: DType { .float32 }
  public var scalar: Scalar { .float(Double(self), .float32) }

  package static var one: Float { 1 }
  package init(wrapping value: Int64) { self.init(value) }
  package init(wrapping value: UInt64) { self.init(value) }
  package init(saturating value: Double) { self.init(value) }
  package func cast<Target: CastableElement>(to: Target.Type) -> Target {
    Target(saturating: Double(self))
  }
}

extension Double: CastableElement {
  public static var dtype: DType { .float64 }
  public var scalar: Scalar { .float(self, .float64) }

  package static var one: Double { 1 }
  package init(wrapping value: Int64) { self.init(value) }
  package init(wrapping value: UInt64) { self.init(value) }
  package init(saturating value: Double) { self = value }
  package func cast<Target: CastableElement>(to: Target.Type) -> Target {
    Target(saturating: self)
  }
}

// MARK: - From a dtype to a type

/// Code that is written once for every element type; see `DType.visit(_:)`.
package protocol ElementVisitor {
  associatedtype Result
  /// Runs the code for one element type.
  mutating func visit<Element: CastableElement>(_ type: Element.Type) -> Result
}

extension DType {
  /// Runs `visitor` with the Swift type that stands for this dtype; the only switch of its sort.
  package func visit<Visitor: ElementVisitor>(_ visitor: inout Visitor) -> Visitor.Result {
    switch self {
    case .bool: visitor.visit(Bool.self)
    case .int8: visitor.visit(Int8.self)
    case .int16: visitor.visit(Int16.self)
    case .int32: visitor.visit(Int32.self)
    case .int64: visitor.visit(Int64.self)
    case .uint8: visitor.visit(UInt8.self)
    case .uint16: visitor.visit(UInt16.self)
    case .uint32: visitor.visit(UInt32.self)
    case .uint64: visitor.visit(UInt64.self)
    case .float32: visitor.visit(Float.self)
    case .float64: visitor.visit(Double.self)
    }
  }
}
