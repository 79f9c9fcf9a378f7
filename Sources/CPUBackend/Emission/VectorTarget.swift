internal import LLVM

/// What the emitter has to know of a processor.
struct VectorTarget: Hashable, Sendable {
  /// The bytes of a vector register.
  var vectorByteCount: Int
  /// The bytes of the registers that a vector lies in, one or more.
  var registerByteCount: Int
  /// What suits the processor best.
  var habits = ProcessorHabits()
  /// The bytes of the narrowest elements whose lanes can be switched off in loads; more than any
  /// element has where none can.
  var narrowestMasked: Int
  /// Whether masks have registers of their own. Only then are masked stores fast: those of AVX2 take
  /// dozens of instructions on AMD's processors, so whole vectors are stored without.
  var hasMaskRegisters: Bool

  /// The elements after which a walk along the lanes is interrupted that looks for a position in as few bits
  /// as values have.
  var longestWalk = 1 << 30

  /// The bytes of the vectors of programs that do little else than read memory or convert what they read.
  var streamByteCount: Int { habits.streamByteCount ?? vectorByteCount }

  /// How many vectors the processor holds in registers.
  var registerCount: Int

  /// Whether vectors lie in more registers than they would have to.
  var hasHalfRegisters: Bool { registerByteCount < vectorByteCount }

  init(vectorByteCount: Int, hasMaskRegisters: Bool) {
    self.vectorByteCount = vectorByteCount
    registerByteCount = vectorByteCount
    self.hasMaskRegisters = hasMaskRegisters
    registerCount = hasMaskRegisters ? 32 : 16
    // AVX2 switches off lanes of 4 and 8 bytes.
    narrowestMasked = hasMaskRegisters ? 1 : vectorByteCount == 32 ? 4 : 16
  }

  init(_ host: Host) {
    self.init(vectorByteCount: host.vectorByteCount, hasMaskRegisters: host.hasAVX512)
    habits = .of(host)
    if host.triple.hasPrefix("aarch64") { registerCount = 32 }
  }
}
