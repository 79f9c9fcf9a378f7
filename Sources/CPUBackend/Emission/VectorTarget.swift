internal import LLVM

/// What the emitter has to know of a processor.
struct VectorTarget: Hashable, Sendable {
  /// The bytes of a vector register.
  var vectorByteCount: Int
  /// Whether lanes of loads and stores can be switched off at no cost.
  var hasMasks: Bool

  /// How many vectors the processor holds in registers.
  var registerCount: Int { hasMasks ? 32 : 16 }

  init(vectorByteCount: Int, hasMasks: Bool) {
    self.vectorByteCount = vectorByteCount
    self.hasMasks = hasMasks
  }

  init(_ host: Host) {
    let limit = Self.narrower[host.cpuName] ?? host.vectorByteCount
    self.init(vectorByteCount: min(host.vectorByteCount, limit), hasMasks: host.hasAVX512)
  }

  /// Processors that are faster with narrower vectors than they have. Zen 4 computes 64 bytes in two
  /// halves, and reads them slower than two halves: 252 against 205 µs for the seed program's loop
  /// over 16 MB in the third cache, and no difference in the second.
  private static let narrower = ["znver4": 32]
}
