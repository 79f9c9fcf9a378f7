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
  /// - Parameters:
  ///   - threads: How many threads may compile at once, the caller included.
  ///   - log: Told what is compiled, with the `MARTLET_DEBUG` level that shows it. Any of the threads
  ///     may call it.
  package func compile(
    _ plan: LaunchPlan, threads: Int = ThreadBudget.standard.threads,
    log: @Sendable (_ level: Int, _ text: () -> String) -> Void = { _, _ in }
  ) throws -> CompiledPlan {
    let plan = plan.choosingStores()
    let launches = plan.steps.compactMap { step in
      if case .kernel(let launch) = step { launch } else { nil }
    }
    let compiled = try cache.kernels(launches.map(\.kernel), threads: threads) {
      position throws(LLVMError) in try compile(launches[position], log)
    }
    var rest = compiled[...]
    return try CompiledPlan(
      plan,
      plan.steps.map { step in
        switch step {
        case .kernel: rest.popFirst()
        case .matmul: nil
        }
      })
  }

  private func compile(
    _ launch: KernelLaunch, _ log: (Int, () -> String) -> Void
  ) throws(LLVMError) -> CompiledKernel {
    let (kernel, name) = (launch.kernel, launch.name)
    let start = ContinuousClock.now
    let ir = KernelEmitter.emit(kernel, named: Self.symbol, for: jit.host)
    log(4) { ir }
    log(5) { (try? jit.assembly(ir: ir, name: name)) ?? "" }
    let code = try jit.compile(
      ir: ir, name: name, symbols: CompiledKernel.symbols(Self.symbol, of: kernel))
    let compiled = try CompiledKernel(
      code, symbol: Self.symbol, hasFinish: kernel.isFullReduction)
    log(2) { "kernel \(name): compiled in \(ContinuousClock.now - start)" }
    return compiled
  }
}
