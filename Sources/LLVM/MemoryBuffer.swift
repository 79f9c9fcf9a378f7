internal import CLLVM

/// Bytes that LLVM holds.
// SAFETY: the bytes never change, and LLVM ties a buffer to no thread and no context.
struct MemoryBuffer: ~Copyable, @unchecked Sendable {
  private let library: Library

  // Nil only after `release`, which is the last thing that happens to a buffer.
  private var reference: OpaquePointer?

  /// Takes ownership of a buffer that LLVM has made.
  init(owning reference: OpaquePointer, of library: Library) {
    self.library = library
    self.reference = reference
  }

  /// Copies `bytes` (`LLVMCreateMemoryBufferWithMemoryRangeCopy`); LLVM's messages call it `name`.
  init(copying bytes: Span<UInt8>, name: String, in library: Library) {
    self.library = library
    reference = bytes.withUnsafeBytes { bytes in
      // A span of nothing may have no address, and the C function takes none that is null.
      withUnsafePointer(to: CChar(0)) { nothing in
        library.functions.LLVMCreateMemoryBufferWithMemoryRangeCopy(
          bytes.assumingMemoryBound(to: CChar.self).baseAddress ?? nothing, bytes.count, name)
      }
    }
  }

  deinit {
    if let reference { library.functions.LLVMDisposeMemoryBuffer(reference) }
  }

  /// Lends the contents (`LLVMGetBufferStart`, `LLVMGetBufferSize`).
  borrowing func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let start = library.functions.LLVMGetBufferStart(reference!)
    let count = library.functions.LLVMGetBufferSize(reference!)
    return body(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Hands the buffer to a C function that consumes it.
  consuming func release() -> OpaquePointer {
    reference.take()!
  }
}
