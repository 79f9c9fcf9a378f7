extension NDArray {
  /// Returns random numbers spread evenly over `range`, the same for the same seed on every machine.
  ///
  /// Element `i` is a function of the seed and `i` alone. Of an integer dtype come the whole numbers
  /// of the range, both ends included, each as likely as the others. A range beyond what the dtype holds poisons the
  /// array.
  public static func uniform(
    _ range: ClosedRange<Double>, _ dtype: DType = .float64, shape: [Int], seed: UInt64
  ) -> NDArray {
    let (lower, upper) = (range.lowerBound, range.upperBound)
    guard lower.isFinite, upper.isFinite else {
      return NDArray(poison: .unboundedRange(lower, upper), dtype: dtype)
    }
    guard dtype.holds(range) else {
      return NDArray(poison: .rangeBeyond(dtype, lower, upper), dtype: dtype)
    }
    let random = CountedRandom(seed: seed)
    if dtype.isFloating {
      return generated(
        dtype, shape, "uniform", UniformNumbers(random: random, lower: lower, upper: upper))
    }
    let (first, last) = (lower.rounded(.up), upper.rounded(.down))
    guard first <= last else {
      return NDArray(poison: .noWholeNumber(lower, upper), dtype: dtype)
    }
    return generated(
      dtype, shape, "uniform", UniformWholeNumbers(random: random, first: first, last: last))
  }
}

private struct UniformNumbers: ElementSource {
  let random: CountedRandom
  let lower: Double
  let upper: Double

  func element(at place: Int) -> Double {
    let u = random.unit(place)
    // Weights instead of `lower + u * (upper - lower)`, whose difference may overflow.
    return lower * (1 - u) + upper * u
  }
}

private struct UniformWholeNumbers: ElementSource {
  let random: CountedRandom
  let first: Double
  let last: Double

  func element(at place: Int) -> Double {
    // Halves, since the number of numbers may overflow.
    let (start, count) = (first / 2, last / 2 - first / 2 + 0.5)
    return min(last, (2 * (start + random.unit(place) * count)).rounded(.down))
  }
}

extension DType {
  /// Whether every number drawn from a range has a value in this dtype. Ends are compared as `Double`, so that 2⁶⁴ passes
  /// for `uint64`: nothing so great is drawn.
  fileprivate func holds(_ range: ClosedRange<Double>) -> Bool {
    if isFloating {
      return [range.lowerBound, range.upperBound].allSatisfy {
        Scalar.float($0, .float64).cast(to: self).asDouble.isFinite
      }
    }
    let (least, greatest) = integerBounds.map { (Double($0.least), Double($0.greatest)) } ?? (0, 1)
    return range.lowerBound.rounded(.up) >= least && range.upperBound.rounded(.down) <= greatest
  }
}

/// Random numbers addressed by their place: SplitMix64 (Steele, Lea and Flood, 2014), whose `i`-th
/// output mixes `state + i * gamma` and needs none of those before it.
package struct CountedRandom: Sendable {
  private let state: UInt64

  /// Neighbouring seeds give unrelated sequences, since the seed itself is mixed first.
  package init(seed: UInt64) { state = Self.mix(seed &+ Self.gamma) }

  /// Returns 64 random bits.
  package func bits(_ i: Int) -> UInt64 {
    Self.mix(state &+ UInt64(truncatingIfNeeded: i) &* Self.gamma)
  }

  /// Returns one of the 2^53 multiples of 2^-53 from 0 up to but without 1.
  package func unit(_ i: Int) -> Double { Double(bits(i) >> 11) * 0x1p-53 }

  /// 2^64 divided by the golden ratio.
  private static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
