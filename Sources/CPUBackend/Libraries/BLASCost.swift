/// What BLAS calls take on one thread, for the decision whether to share them.
///
/// Low estimates: a call that is shared too late loses less than one that is shared too early.
enum BLASCost {
  /// Nanoseconds of a matrix product, at 120 (float32) or 60 (float64) operations a nanosecond: a
  /// core of 3.75 GHz with 256-bit units, two of them.
  static func product(_ type: BLASType, _ m: Int, _ n: Int, _ k: Int) -> Double {
    2 * Double(m) * Double(n) * Double(k) / (type == .float32 ? 120 : 60)
  }

  /// Nanoseconds that a matrix product takes beside its operations: on Zen 3, one of 32 by 32 takes 1.7 µs
  /// and not 0.5.
  static let call = 1_000.0

  /// Nanoseconds to read `count` elements, at 64 bytes a nanosecond, which is what the second cache
  /// level gives.
  static func reading(_ type: BLASType, _ count: Int) -> Double {
    Double(count) * Double(type.stride) / 64
  }
}
