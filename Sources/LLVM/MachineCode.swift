/// Machine code in this process's memory, which is freed with the last reference to this value.
package final class MachineCode: Sendable {
  /// What messages call it.
  package let name: String

  private let scope: Scope
  private let linker: Linker

  init(name: String, scope: Scope, linker: Linker) {
    self.name = name
    self.scope = scope
    self.linker = linker
  }

  deinit { linker.remove(scope) }

  /// Returns the address of `symbol`, which holds for as long as this value lives. The first call
  /// links the object.
  ///
  /// - Throws: When the code has no such symbol, or needs one that the process does not have.
  package func address(of symbol: String) throws(LLVMError) -> UnsafeRawPointer {
    let address = try linker.address(of: symbol, in: scope, name: name)
    guard let pointer = UnsafeRawPointer(bitPattern: UInt(address)) else {
      throw .symbolNotFound(symbol, in: name, "its address is zero")
    }
    return pointer
  }
}
