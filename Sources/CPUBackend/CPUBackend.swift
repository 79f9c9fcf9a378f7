package import KernelIR
package import LLVM
import Synchronization

/// Compiles launch plans for this machine.
///
/// LLVM is opened when the first kernel is met that neither this process nor the cache knows.
package final class CPUBackend: Sendable {
  /// The processor that code is made for.
  package let host: Host

  private let store: KernelStore?
  private let cache = KernelCache()

  /// What every kernel's function is called: objects do not share names.
  package static let symbol = "kernel"

  init(for host: Host, keepingIn store: KernelStore?) {
    self.host = host
    self.store = store
  }

  /// Makes the back end that keeps kernels in `folder`. With the record that was found there, it
  /// does so without LLVM; without one, it asks LLVM and keeps the record.
  static func make(
    keepingIn folder: CacheFolder?, _ found: HostRecord?
  ) throws(LLVMError) -> CPUBackend {
    if let folder, let found {
      return CPUBackend(for: found.host, keepingIn: KernelStore(in: folder, for: found))
    }
    let jit = try JIT.shared()
    guard let folder, let record = HostRecord(of: jit) else {
      return CPUBackend(for: jit.host, keepingIn: nil)
    }
    record.keep(in: folder)
    return CPUBackend(for: jit.host, keepingIn: KernelStore(in: folder, for: record))
  }

  private static let outcome = Result<CPUBackend, LLVMError> { () throws(LLVMError) in
    try make(keepingIn: CacheLocation.standard, record)
  }

  private static let record = CacheLocation.standard.flatMap { HostRecord.find(in: $0) }

  /// The back end of this process.
  ///
  /// - Throws: Why there is none; every later call throws the same.
  package static func shared() throws(LLVMError) -> CPUBackend { try outcome.get() }

  /// Calls `body` while LLVM is opened on another thread, if it is not open yet and will be needed.
  package static func start<Result, Failure>(
    while body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // Where the processor is on record, the kernels are likely to be kept as well.
    if record != nil { return try body() }
    return try JIT.start(while: body)
  }

  /// Compiles the kernels of a plan, those that are not known already.
  ///
  /// - Parameters:
  ///   - threads: How many threads may compile at once, the caller included.
  ///   - log: Told what is compiled, with the `MARTLET_DEBUG` level that shows it. Any of the
  ///     threads may call it.
  ///   - observer: Told each kernel that became machine code, likewise.
  package func compile(
    _ plan: LaunchPlan, threads: Int = ThreadBudget.standard.threads,
    log: @Sendable (_ level: Int, _ text: () -> String) -> Void = { _, _ in },
    observer: (@Sendable (KernelReport) -> Void)? = nil
  ) throws -> CompiledPlan {
    let plan = plan.choosingMemoryAccess(threads: threads)
    let launches = plan.steps.compactMap { step in
      if case .kernel(let launch) = step { launch } else { nil }
    }
    let compiled = try cache.kernels(launches.map(\.kernel), threads: threads) {
      position throws(LLVMError) in try compile(launches[position], log, observer)
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
    _ launch: KernelLaunch, _ log: (Int, () -> String) -> Void,
    _ observer: ((KernelReport) -> Void)?
  ) throws(LLVMError) -> CompiledKernel {
    let (kernel, name) = (launch.kernel, launch.name)
    let start = ContinuousClock.now
    let ir = KernelEmitter.emit(kernel, named: Self.symbol, for: host)
    log(4) { ir }
    log(5) { (try? JIT.shared().assembly(ir: ir, name: name)) ?? "" }
    let (code, isKept) = try code(
      of: ir, name, CompiledKernel.symbols(Self.symbol, of: kernel))
    let compiled = try CompiledKernel(
      code, symbol: Self.symbol, hasFinish: kernel.isFullReduction)
    let report = KernelReport(
      name: name, time: ContinuousClock.now - start, wasCached: isKept)
    log(2) { "\(report)" }
    observer?(report)
    return compiled
  }

  /// Compiles a loop that is written in LLVM's text, or finds it in the cache.
  ///
  /// - Parameter ir: Defines `symbol` as a `LoopBody`.
  package func loop(ir: String, name: String) throws(LLVMError) -> CompiledLoop {
    try CompiledLoop(try code(of: ir, name, [Self.symbol]).code, symbol: Self.symbol)
  }

  private func code(
    of ir: String, _ name: String, _ symbols: [String]
  ) throws(LLVMError) -> (code: MachineCode, isKept: Bool) {
    let kept = store?.image(of: ir, symbols: symbols)
    let image = if let kept { kept } else { try image(of: ir, name, symbols) }
    return (try MachineCode(image, name: name), kept != nil)
  }

  private func image(
    of ir: String, _ name: String, _ symbols: [String]
  ) throws(LLVMError) -> Image {
    let jit = try JIT.shared()
    let image = try jit.image(ir: ir, name: name, symbols: symbols)
    // Another LLVM may have been installed since the record was read.
    if let store, HostRecord(of: jit) == store.record {
      store.keep(image, of: ir, symbols: symbols)
    }
    return image
  }
}

/// How a kernel became machine code.
package struct KernelReport: Sendable, CustomStringConvertible {
  package let name: String
  package let time: Duration
  /// Whether it was found in the cache.
  package let wasCached: Bool

  /// One line.
  package var description: String {
    "kernel \(name): \(wasCached ? "found in the cache" : "compiled") in \(time)"
  }
}
