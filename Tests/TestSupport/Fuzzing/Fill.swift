package import Arrays

/// What the elements of a random array are like.
package enum Fill: String, CaseIterable, Sendable {
  /// Small numbers that sums and products of which are exact, many of them equal.
  case plain
  /// Numbers from -3 to 3 with all their digits; whole numbers of a wider range.
  case even
  /// Numbers between 0.1 and 2, where every function has a value; small positive whole numbers.
  case positive
  /// Numbers of all magnitudes.
  case wide
  /// `plain`, and now and then a NaN, an infinity, a negative zero or the ends of the dtype.
  case special

  /// Returns an array of such elements, the same for the same seed.
  package func array(_ dtype: DType, shape: [Int], seed: UInt64) throws -> NDArray {
    var dice = Dice(seed: seed)
    let count = shape.reduce(1, *)
    switch dtype.kind {
    case .bool:
      return try NDArray((0..<count).map { _ in dice.chance(0.5) }, shape: shape)
    case .floating:
      let values = (0..<count).map { _ in real(dtype, &dice) }
      return try NDArray(values, shape: shape).cast(to: dtype).checked()
    case .unsigned:
      let values = (0..<count).map { _ in UInt64(bitPattern: whole(dtype, &dice)) }
      return try NDArray(values, shape: shape).cast(to: dtype).checked()
    case .signed:
      let values = (0..<count).map { _ in whole(dtype, &dice) }
      return try NDArray(values, shape: shape).cast(to: dtype).checked()
    }
  }

  private func real(_ dtype: DType, _ dice: inout Dice) -> Double {
    switch self {
    case .plain: return Double(dice.number(-12...12)) / 4
    case .even: return Double.random(in: -3...3, using: &dice)
    case .positive: return Double.random(in: 0.1...2, using: &dice)
    case .wide:
      let limit = dtype == .float32 ? 30 : 200
      let magnitude = Double(sign: .plus, exponent: dice.number(-limit...limit), significand: 1)
      return Double.random(in: -2...2, using: &dice) * magnitude
    case .special:
      if dice.chance(0.8) { return Fill.plain.real(dtype, &dice) }
      let (greatest, least): (Double, Double) =
        dtype == .float32
        ? (Double(Float.greatestFiniteMagnitude), Double(Float.leastNonzeroMagnitude))
        : (.greatestFiniteMagnitude, .leastNonzeroMagnitude)
      return dice.pick([.nan, .infinity, -.infinity, -0.0, 0.0, greatest, -greatest, least, -least])
    }
  }

  /// The low bits are the element's.
  private func whole(_ dtype: DType, _ dice: inout Dice) -> Int64 {
    let low = dtype.isUnsigned ? 0 : -5
    switch self {
    case .plain: return Int64(dice.number(low...5))
    case .even: return Int64(dice.number((dtype.isUnsigned ? 0 : -100)...100))
    case .positive: return Int64(dice.number(1...7))
    case .wide: return Int64(bitPattern: dice.next() >> UInt64(dice.number(0...63)))
    case .special:
      guard let bounds = dtype.integerBounds, dice.chance(0.2) else {
        return Fill.plain.whole(dtype, &dice)
      }
      return dice.pick([
        bounds.least, bounds.least &+ 1, Int64(bitPattern: bounds.greatest),
        Int64(bitPattern: bounds.greatest &- 1), 0,
      ])
    }
  }
}
