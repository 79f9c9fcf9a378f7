internal import LLVM

/// What the emitter has to know of a processor.
struct VectorTarget: Hashable, Sendable {
  /// The bytes of a vector register.
  var vectorByteCount: Int
  /// The bytes of the vectors that programs use which do little else than read memory.
  var streamByteCount: Int
  /// The bytes of the narrowest elements whose lanes can be switched off in loads; more than any
  /// element has where none can.
  var narrowestMasked: Int
  /// Whether masks have registers of their own. Only then are masked stores fast: those of AVX2 take
  /// dozens of instructions on AMD's processors, so whole vectors are stored without.
  var hasMaskRegisters: Bool

  /// How many vectors the processor holds in registers.
  var registerCount: Int { hasMaskRegisters ? 32 : 16 }

  init(vectorByteCount: Int, hasMaskRegisters: Bool, streamByteCount: Int? = nil) {
    self.vectorByteCount = vectorByteCount
    self.streamByteCount = streamByteCount ?? vectorByteCount
    self.hasMaskRegisters = hasMaskRegisters
    // AVX2 switches off lanes of 4 and 8 bytes.
    narrowestMasked = hasMaskRegisters ? 1 : vectorByteCount == 32 ? 4 : 16
  }

  init(_ host: Host) {
    self.init(
      vectorByteCount: host.vectorByteCount, hasMaskRegisters: host.hasAVX512,
      streamByteCount: Self.streamByteCounts[host.cpuName])
  }

  /// Processors that read memory faster with narrower vectors than they have. Zen 4 takes 64 bytes as
  /// two halves: the seed program's loop over 16 MB in the third cache takes 205 µs with 32 bytes and
  /// 252 with 64; in the second cache there is no difference, and `exp` takes 0.8 times as long with 64.
  private static let streamByteCounts = ["znver4": 32]
}
