/// 128 bits that stand for some bytes: the name of a cache file, and the proof that one is whole.
///
/// Each step is reversible in the state and in the word that goes in, so a change within one
/// aligned word always shows; other changes go unseen once in 2^128 times. It is no defence against
/// somebody who makes up the bytes.
struct Fingerprint: Hashable {
  private(set) var high: UInt64
  private(set) var low: UInt64

  /// Reads `bytes`, eight at a time, into two lanes that differ in their multipliers.
  init(of bytes: UnsafeRawBufferPointer) {
    // The square roots of 2 and 3: anything but zero.
    (high, low) = (0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b)
    mix(UInt64(bytes.count))
    var position = 0
    while position + 8 <= bytes.count {
      mix(bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian)
      position += 8
    }
    var rest: UInt64 = 0
    for byte in bytes[position...].reversed() { rest = rest << 8 | UInt64(byte) }
    mix(rest)
    // Every bit of the last word reaches every bit of the result.
    for _ in 0..<2 { mix(high ^ low) }
  }

  /// Reads the bytes of an array.
  init(of bytes: some Collection<UInt8>) {
    self = Array(bytes).withUnsafeBytes { Fingerprint(of: $0) }
  }

  // The multipliers are those of the finalizer of splitmix64; odd, so that they lose nothing.
  private mutating func mix(_ word: UInt64) {
    high = (high ^ word) &* 0xbf58_476d_1ce4_e5b9
    high ^= high >> 29
    low = (low &+ word) &* 0x94d0_49bb_1331_11eb
    low ^= low >> 31
  }

  /// 32 hexadecimal digits.
  var text: String { Self.digits(high) + Self.digits(low) }

  private static func digits(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
