internal import LLVM

/// What the emitter has to know of a processor.
struct VectorTarget: Hashable, Sendable {
  /// The bytes of a vector register.
  var vectorByteCount: Int
  /// Whether lanes of loads and stores can be switched off at no cost.
  var hasMasks: Bool

  init(vectorByteCount: Int, hasMasks: Bool) {
    self.vectorByteCount = vectorByteCount
    self.hasMasks = hasMasks
  }

  init(_ host: Host) {
    self.init(vectorByteCount: host.vectorByteCount, hasMasks: host.hasAVX512)
  }
}
