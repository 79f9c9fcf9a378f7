/// The check sum of zip entries: CRC-32 with the reflected polynomial `0xEDB88320`.
struct CyclicRedundancyCheck {
  private var state: UInt32 = 0xFFFF_FFFF

  /// The check sum of what has been added.
  var value: UInt32 { ~state }

  /// Adds bytes, eight at a time: table `k` holds the effect of a byte that `k` bytes follow.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var state = self.state
    var i = 0
    Self.tables.withUnsafeBufferPointer { tables in
      while i + 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self) ^ UInt64(state)
        var next: UInt32 = 0
        for k in 0..<8 {
          next ^= tables[(7 - k) << 8 | Int(truncatingIfNeeded: word >> UInt64(8 * k)) & 0xFF]
        }
        state = next
        i += 8
      }
      while i < bytes.count {
        state = tables[Int((state ^ UInt32(bytes[i])) & 0xFF)] ^ state >> 8
        i += 1
      }
    }
    self.state = state
  }

  /// Eight tables of 256, one behind the other.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      tables[byte] = (0..<8).reduce(UInt32(byte)) { value, _ in
        value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320
      }
    }
    for i in 256..<tables.count {
      let previous = tables[i - 256]
      tables[i] = tables[Int(previous & 0xFF)] ^ previous >> 8
    }
    return tables
  }()
}
