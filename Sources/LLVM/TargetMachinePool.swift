internal import Synchronization

/// The code generators of one JIT: each serves one thread at a time, and as many are made as
/// threads compile at once.
final class TargetMachinePool: Sendable {
  let library: Library
  let host: Host
  private let idle = Mutex<[Lent]>([])

  init(for host: Host, in library: Library) {
    self.library = library
    self.host = host
  }

  /// Calls `body` with a code generator that nobody else uses meanwhile.
  func withMachine<Result: ~Copyable>(
    _ body: (TargetMachine) throws(LLVMError) -> Result
  ) throws(LLVMError) -> Result {
    try ExitGate.pass { () throws(LLVMError) in
      let free = idle.withLock { $0.popLast() }
      let lent = if let free { free } else { Lent(try TargetMachine(for: host, in: library)) }
      defer { idle.withLock { $0.append(lent) } }
      return try body(lent.machine)
    }
  }
}

/// A code generator on its way between the pool and a thread.
// SAFETY: the pool hands each machine to one thread at a time, and its lock orders the hand-over.
private struct Lent: @unchecked Sendable {
  let machine: TargetMachine

  init(_ machine: TargetMachine) { self.machine = machine }
}
