/// Machine code in this process's memory, which is freed with the last reference to this value.
package final class MachineCode: Sendable {
  /// What messages call it.
  package let name: String

  private let entries: [String: Int]
  private let region: CodeMemory.Region

  /// Places `image` in memory; this needs no LLVM.
  ///
  /// - Throws: When the system gives no memory that can be executed.
  package init(_ image: Image, name: String) throws(LLVMError) {
    guard let region = CodeMemory.shared.place(image.bytes) else { throw .noMemory(name) }
    self.name = name
    self.region = region
    entries = image.entries
  }

  deinit { CodeMemory.shared.free(region) }

  /// Returns the address of `symbol`, which holds for as long as this value lives.
  ///
  /// - Throws: When it is none of the symbols that the code was made with.
  package func address(of symbol: String) throws(LLVMError) -> UnsafeRawPointer {
    guard let offset = entries[symbol], let address = region.address(at: offset) else {
      throw .symbolNotFound(symbol, in: name, "it was made with \(entries.keys.sorted())")
    }
    return address
  }
}
