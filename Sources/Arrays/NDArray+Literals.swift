extension NDArray: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
  public init(integerLiteral value: Int) {
    self.init(value)
    isWeak = true
  }

  public init(floatLiteral value: Double) {
    self.init(value)
    isWeak = true
  }

  public init(booleanLiteral value: Bool) {
    self.init(value)
    isWeak = true
  }

  /// Makes an array from parts of equal shape, in the dtype that theirs promote to: `[[1, 2], [3, 4]]`.
  ///
  /// Parts of different shapes give a poisoned array. Without parts the dtype is `float64`.
  public init(arrayLiteral parts: NDArray...) {
    let isWeak = parts.allSatisfy(\.isWeak)
    self = Self.orPoison { () throws(ArrayError) in try NDArray(stacking: parts) }
    self.isWeak = isWeak
  }

  /// Makes an array whose first axis counts `parts`, which have one shape, in the dtype that theirs
  /// promote to.
  package init(stacking parts: [NDArray]) throws(ArrayError) {
    let dtype = TypePromotion.promote(parts.lazy.map(\.dtype)) ?? .float64
    let shape = parts.first?.shape ?? []
    for (index, part) in parts.enumerated() {
      try part.checked()
      if part.shape != shape { throw .raggedLiteral(shape, part.shape, at: index) }
    }
    try self.init(
      uninitialized: dtype, shape: [parts.count] + shape, for: "array literal")
    let stride = Shape.count(shape) ?? 0
    for (index, part) in parts.enumerated() {
      part.copy(to: start + index * stride * dtype.byteCount, as: dtype)
    }
  }
}
