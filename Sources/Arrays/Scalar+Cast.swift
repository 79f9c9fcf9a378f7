extension Scalar {
  /// Returns the value converted to `dtype` as `Semantics.md` says.
  ///
  /// Integers wrap, floats saturate and truncate towards zero, NaN becomes zero, and everything but
  /// zero becomes `true`.
  public func cast(to dtype: DType) -> Scalar {
    var visitor = CastVisitor(source: self)
    return dtype.visit(&visitor)
  }

  /// Whether `cast(to: dtype)` keeps the value, the sign of zero included.
  public func isRepresentable(in dtype: DType) -> Bool {
    switch self {
    case .bool: true
    case .int(let value, _): Self.fits(value, in: dtype)
    case .uint(let value, _): Self.fits(value, in: dtype)
    case .float(let value, _): Self.fits(value, in: dtype)
    }
  }

  private static func fits<Source: BinaryInteger>(_ value: Source, in dtype: DType) -> Bool {
    switch dtype.kind {
    case .bool: value == 0 || value == 1
    case .signed, .unsigned: dtype.holds(value)
    case .floating:
      dtype == .float32 ? Float(exactly: value) != nil : Double(exactly: value) != nil
    }
  }

  private static func fits(_ value: Double, in dtype: DType) -> Bool {
    switch dtype.kind {
    case .floating:
      return dtype == .float64 || value.isNaN || Double(Float(value)) == value
    case .bool, .signed, .unsigned:
      if value == 0 { return value.sign == .plus }
      if let whole = Int64(exactly: value) { return fits(whole, in: dtype) }
      return UInt64(exactly: value).map { fits($0, in: dtype) } ?? false
    }
  }
}

extension DType {
  /// The least and the greatest value of an integer dtype; `nil` for other dtypes.
  package var integerBounds: (least: Int64, greatest: UInt64)? {
    switch kind {
    case .bool, .floating: nil
    case .signed: (Int64.min >> Int64(64 - bitWidth), UInt64(Int64.max >> Int64(64 - bitWidth)))
    case .unsigned: (0, UInt64.max >> UInt64(64 - bitWidth))
    }
  }

  fileprivate func holds<Source: BinaryInteger>(_ value: Source) -> Bool {
    integerBounds.map { value >= $0.least && value <= $0.greatest } ?? false
  }
}

/// Makes the scalar of one element type out of another.
private struct CastVisitor: ElementVisitor {
  let source: Scalar

  func visit<Element: CastableElement>(_ type: Element.Type) -> Scalar {
    switch source {
    case .bool(let value): value.cast(to: type).scalar
    case .int(let value, _): value.cast(to: type).scalar
    case .uint(let value, _): value.cast(to: type).scalar
    case .float(let value, _): value.cast(to: type).scalar
    }
  }
}
