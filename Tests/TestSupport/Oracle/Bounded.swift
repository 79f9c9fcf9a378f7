package import Arrays

/// A value of the reference back end with what a correct back end may differ from it by.
///
/// A bound of infinity says that nothing is known: a comparison of two values closer than their
/// bounds may come out either way.
package struct Bounded {
  /// The value as the reference back end computes it.
  package var value: NDArray
  /// For each element the greatest difference that rounding explains; nil where all are exact.
  package var bound: NDArray?
  /// For each element what has to be added to the bound once another operation uses it; nil for
  /// nothing.
  ///
  /// The optimizer may replace two operations by one that rounds once (`a * b + c`) or that does
  /// not overflow in between (`log(exp(x) + 1)`), so a value that a later operation sees may be
  /// one that was never rounded to its dtype.
  var slack: NDArray?

  init(_ value: NDArray, bound: NDArray? = nil, slack: NDArray? = nil) {
    (self.value, self.bound, self.slack) = (value, bound, slack)
  }

  /// Makes a value from bounds in C order.
  init(_ value: NDArray, bounds: [Double]?, slack: [Double]? = nil) throws {
    self.init(
      value, bound: try Self.array(bounds, value.shape), slack: try Self.array(slack, value.shape))
  }

  /// Leaves out what is zero everywhere; a bound that could not be computed is infinite.
  private static func array(_ values: [Double]?, _ shape: [Int]) throws -> NDArray? {
    guard let values, values.contains(where: { $0 != 0 }) else { return nil }
    return try NDArray(values.map { $0.isNaN ? .infinity : $0 }, shape: shape)
  }

  /// Returns the uncertainty that an operation on the value has to reckon with, in C order of
  /// `shape`, to which the value broadcasts; nil for none.
  func uncertainty(_ shape: [Int]) throws -> [Double]? {
    let parts = try [bound, slack].compactMap { try $0?.broadcast(to: shape).doubles }
    guard let first = parts.first else { return nil }
    return parts.count == 1 ? first : zip(first, parts[1]).map { $0 + $1 }
  }
}

extension Double {
  /// Bounds up to here say no more than that the sign of a zero is not known.
  static var signOfZero: Double { 0x1p-1070 }

  /// What a result may at least differ by from what it would be were there smaller numbers.
  static var underflow: Double { 0x1p-1068 }
}
