import KernelIR
import LLVM
import Synchronization

/// A kernel as machine code. It may be called from any number of threads at once.
struct CompiledKernel: Sendable {
  /// `(block, begin, end, partials, chunk)`.
  typealias Body =
    @convention(c) (
      UnsafeRawPointer, Int, Int, UnsafeMutableRawPointer?, Int
    ) -> Void
  /// `(block, chunk count, partials)`.
  typealias Finish = @convention(c) (UnsafeRawPointer, Int, UnsafeMutableRawPointer?) -> Void

  let body: Body
  /// Combines the partial accumulators of a full reduction.
  let finish: Finish?
  /// Keeps the code in memory.
  private let code: MachineCode

  // SAFETY: the emitter declares both symbols with just these parameters, and `code` outlives the
  // pointers because it lies beside them.
  init(_ code: MachineCode, symbol: String, hasFinish: Bool) throws(LLVMError) {
    self.code = code
    body = unsafeBitCast(try code.address(of: symbol), to: Body.self)
    finish =
      hasFinish ? unsafeBitCast(try code.address(of: symbol + "_finish"), to: Finish.self) : nil
  }
}

/// The kernels of this process: equal ones are compiled once.
final class KernelCache: Sendable {
  private let kernels = Mutex<[Kernel: CompiledKernel]>([:])

  /// Returns the code of a specialized kernel, made by `compile` unless it is known.
  func kernel(
    _ kernel: Kernel, compile: (Kernel) throws(LLVMError) -> CompiledKernel
  ) throws(LLVMError) -> CompiledKernel {
    if let known = kernels.withLock({ $0[kernel] }) { return known }
    // Compiled outside the lock: two threads may do it twice, but never wait for each other.
    let made = try compile(kernel)
    return kernels.withLock { table in
      if let known = table[kernel] { return known }
      table[kernel] = made
      return made
    }
  }
}
