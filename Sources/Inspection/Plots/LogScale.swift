import Glibc

/// Where values lie along an axis of powers of ten.
struct LogScale {
  /// The exponents of ten at both ends.
  let exponents: ClosedRange<Double>
  /// The places of both ends; the second may be the smaller one.
  let places: (Double, Double)

  /// Creates the scale from `low` to `high`, which are positive, widened to whole powers of ten where
  /// `isWhole` says so.
  init(_ low: Double, _ high: Double, places: (Double, Double), isWhole: Bool = true) {
    let (a, b) = (log10(Self.bounded(low)), log10(Self.bounded(high)))
    exponents =
      isWhole ? a.rounded(.down)...max(b.rounded(.up), a.rounded(.down) + 1) : a...max(b, a + 0.1)
    self.places = places
  }

  /// The value, where it is neither so small nor so large that no axis can hold it.
  private static func bounded(_ value: Double) -> Double { min(max(value, 1e-300), 1e300) }

  /// The smallest value shown.
  var low: Double { pow(10, exponents.lowerBound) }
  /// The largest value shown.
  var high: Double { pow(10, exponents.upperBound) }

  func place(_ value: Double) -> Double {
    let span = exponents.upperBound - exponents.lowerBound
    let part = (log10(value) - exponents.lowerBound) / span
    return places.0 + min(max(part, 0), 1) * (places.1 - places.0)
  }

  /// The powers of ten that have a line.
  var ticks: [Double] {
    let first = Int(exponents.lowerBound.rounded(.up)),
      last = Int(exponents.upperBound.rounded(.down))
    let stride = max((last - first) / 8, 1)
    return Swift.stride(from: first, through: last, by: stride).map { pow(10, Double($0)) }
  }

  /// The powers of ten around the values of a scale.
  static func decades(_ scale: LogScale) -> [Double] {
    let first = Int(scale.exponents.lowerBound.rounded(.down))
    let last = Int(scale.exponents.upperBound.rounded(.up))
    return (first...last).map { pow(10, Double($0)) }
  }

  /// A power of ten in words: `0.01`, `100`, `1e+06`.
  static func text(_ tick: Double) -> String {
    tick < 1e-4 || tick > 1e5
      ? "1e\(Int(log10(tick).rounded()))" : Decimals.significant(tick, digits: 6)
  }
}
