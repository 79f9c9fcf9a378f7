import LLVM

/// A parallel loop's body as machine code. It may be called from any number of threads at once.
package struct CompiledLoop: Sendable {
  package let body: LoopBody
  /// Keeps the code in memory.
  private let code: MachineCode

  // SAFETY: whoever wrote the text has declared the symbol as a loop's body, and `code` outlives the
  // pointer because it lies beside it.
  init(_ code: MachineCode, symbol: String) throws(LLVMError) {
    self.code = code
    body = unsafeBitCast(try code.address(of: symbol), to: LoopBody.self)
  }
}
