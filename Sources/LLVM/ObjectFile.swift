/// Machine code that is not yet placed in memory, in the system's object format.
struct ObjectFile: ~Copyable, Sendable {
  /// What messages call it.
  let name: String

  private let buffer: MemoryBuffer

  init(_ buffer: consuming MemoryBuffer, name: String) {
    self.name = name
    self.buffer = buffer
  }

  /// Hands the bytes to a C function that consumes them.
  consuming func release() -> OpaquePointer { buffer.release() }
}
