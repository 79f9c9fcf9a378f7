/// The length of one axis: a number, a dimension with a name, or whatever the array has.
public enum Extent: Hashable, Sendable {
  /// A length that is known.
  case fixed(Int)
  /// A length known at the call; equal names mean equal lengths.
  case named(String)
  /// A length known at the call.
  case unknown
}

extension Extent: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  /// A negative literal stands for an unknown length, as elsewhere in the field.
  public init(integerLiteral value: Int) { self = value < 0 ? .unknown : .fixed(value) }
  public init(stringLiteral value: String) { self = .named(value) }
}

extension Extent: CustomStringConvertible {
  /// The extent as types print it: `3`, `batch`, `?`.
  public var description: String {
    switch self {
    case .fixed(let value): String(value)
    case .named(let name): name
    case .unknown: "?"
    }
  }

  /// The number, where it is known.
  public var value: Int? { if case .fixed(let value) = self { value } else { nil } }
}

extension Extent {
  /// Returns the extent of two operands' common axis, or nil where no lengths can fit.
  ///
  /// A length of 1 stretches. Two names that differ never fit: that they name two dimensions is
  /// what names are for.
  static func broadcast(_ a: Extent, _ b: Extent) -> Extent? {
    switch (a, b) {
    case (.fixed(1), _): b
    case (_, .fixed(1)): a
    case (.fixed(let m), .fixed(let n)): m == n ? a : nil
    case (.fixed, _): a
    case (_, .fixed): b
    case (.named(let m), .named(let n)): m == n ? a : nil
    case (.unknown, _), (_, .unknown): .unknown
    }
  }

  /// Whether the two can be the same length.
  func canEqual(_ other: Extent) -> Bool {
    switch (self, other) {
    case (.fixed(let m), .fixed(let n)): m == n
    case (.named(let m), .named(let n)): m == n
    case (.unknown, _), (_, .unknown), (.fixed, .named), (.named, .fixed): true
    }
  }

  /// The more definite of two extents that are the same length.
  func unified(with other: Extent) -> Extent {
    switch (self, other) {
    case (.fixed, _): self
    case (_, .fixed): other
    case (.named, _): self
    case (.unknown, _): other
    }
  }
}
