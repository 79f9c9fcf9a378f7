package import KernelIR
package import LLVM
import Synchronization

/// Compiles launch plans for this machine.
package final class CPUBackend: Sendable {
  private let jit: JIT
  private let cache = KernelCache()

  /// What every kernel's function is called: objects do not share names.
  private static let symbol = "kernel"

  private init(_ jit: JIT) { self.jit = jit }

  private static let outcome = Result<CPUBackend, LLVMError> { () throws(LLVMError) in
    CPUBackend(try JIT.shared())
  }

  /// The back end of this process, which opens LLVM when it is first asked for.
  ///
  /// - Throws: Why there is none; every later call throws the same.
  package static func shared() throws(LLVMError) -> CPUBackend { try outcome.get() }

  /// Calls `body` while LLVM is opened on another thread, if it is not open yet.
  package static func start<Result, Failure>(
    while body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try JIT.start(while: body)
  }

  /// The processor that code is made for.
  package var host: Host { jit.host }

  /// Compiles the kernels of a plan, those that are not known already.
  ///
  /// - Parameter log: Told what is compiled, with the `MARTLET_DEBUG` level that shows it.
  package func compile(
    _ plan: LaunchPlan, log: (_ level: Int, _ text: () -> String) -> Void = { _, _ in }
  ) throws -> CompiledPlan {
    var kernels: [CompiledKernel?] = []
    for step in plan.steps {
      switch step {
      case .matmul: kernels.append(nil)
      case .kernel(let launch):
        kernels.append(
          try cache.kernel(launch.kernel) { kernel throws(LLVMError) in
            try compile(kernel, launch.name, log)
          })
      }
    }
    return try CompiledPlan(plan, kernels)
  }

  private func compile(
    _ kernel: Kernel, _ name: String, _ log: (Int, () -> String) -> Void
  ) throws(LLVMError) -> CompiledKernel {
    let start = ContinuousClock.now
    let ir = KernelEmitter.emit(kernel, named: Self.symbol, for: jit.host)
    log(4) { ir }
    log(5) { (try? jit.assembly(ir: ir, name: name)) ?? "" }
    let compiled = try CompiledKernel(
      try jit.compile(ir: ir, name: name), symbol: Self.symbol, hasFinish: kernel.isFullReduction)
    log(2) { "kernel \(name): compiled in \(ContinuousClock.now - start)" }
    return compiled
  }
}
