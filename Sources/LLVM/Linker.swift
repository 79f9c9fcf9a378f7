internal import CLLVM
internal import Synchronization

/// ORC's linker: places object files in memory and finds the addresses of their symbols.
final class Linker: Sendable {
  private let session: Mutex<Session>

  /// Starts ORC for `host`.
  init(for host: Host, in library: Library) throws(LLVMError) {
    session = Mutex(try Session(for: host, in: library))
  }

  /// Places `object` in a scope of its own.
  func add(_ object: consuming ObjectFile) throws(LLVMError) -> MachineCode {
    let name = object.name
    // A closure may not consume what it captures, but it may empty an optional.
    var object = Optional(object)
    let scope = try use { session throws(LLVMError) in try session.add(object.take()!) }
    return MachineCode(name: name, scope: scope, linker: self)
  }

  /// Returns the address of `symbol` in the scope of `name`.
  func address(of symbol: String, in scope: Scope, name: String) throws(LLVMError) -> UInt64 {
    try use { session throws(LLVMError) in
      try session.address(of: symbol, in: scope, name: name)
    }
  }

  /// Frees the memory of everything in `scope`.
  func remove(_ scope: Scope) {
    // When the process ends, everything is freed anyway.
    try? use { session throws(LLVMError) in session.remove(scope) }
  }

  private func use<Result>(
    _ body: (inout Session) throws(LLVMError) -> sending Result
  ) throws(LLVMError) -> Result {
    try ExitGate.pass { () throws(LLVMError) in try session.withLock(body) }
  }
}
