/// Machine code that is not yet placed in memory, in the system's object format.
package struct ObjectFile: ~Copyable, Sendable {
  /// What messages call it.
  package let name: String

  private let buffer: MemoryBuffer

  init(_ buffer: consuming MemoryBuffer, name: String) {
    self.name = name
    self.buffer = buffer
  }

  /// Wraps `bytes`, as an earlier process kept them.
  package init(bytes: [UInt8], name: String, in library: Library) {
    self.init(MemoryBuffer(copying: bytes.span, name: name, in: library), name: name)
  }

  /// The whole file, to be kept.
  package var bytes: [UInt8] { buffer.withBytes { [UInt8]($0) } }

  /// Hands the bytes to a C function that consumes them.
  consuming func release() -> OpaquePointer { buffer.release() }
}
