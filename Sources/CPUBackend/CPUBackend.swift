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
      positions throws(LLVMError) in try compile(positions.map { launches[$0] }, log, observer)
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

  /// Compiles some kernels, of which those that are not kept share modules.
  private func compile(
    _ launches: [KernelLaunch], _ log: (Int, () -> String) -> Void,
    _ observer: ((KernelReport) -> Void)?
  ) throws(LLVMError) -> [CompiledKernel] {
    var drafts = launches.map { draft(of: $0, log) }
    for group in drafts.groupsWithoutImages {
      let sources = group.map { drafts[$0].source }
      let start = ContinuousClock.now
      let images = try images(of: sources)
      let time = ContinuousClock.now - start
      let byteCount = sources.reduce(0) { $0 + $1.ir.utf8.count }
      for (number, image) in zip(group, images) {
        drafts[number].image = image
        drafts[number].time += time * Double(drafts[number].source.ir.utf8.count) / Double(byteCount)
      }
    }
    let codes = try MachineCode.place(drafts.compactMap(\.imageAndName))
    var compiled: [CompiledKernel] = []
    for (draft, code) in zip(drafts, codes) {
      compiled.append(
        try CompiledKernel(code, symbol: Self.symbol, hasFinish: draft.hasFinish))
      log(2) { "\(draft.report)" }
      observer?(draft.report)
    }
    return compiled
  }

  /// Emits a kernel and looks it up in the store.
  private func draft(of launch: KernelLaunch, _ log: (Int, () -> String) -> Void) -> KernelDraft {
    let start = ContinuousClock.now
    let ir = KernelEmitter.emit(launch.kernel, named: Self.symbol, for: host)
    log(4) { ir }
    log(5) { (try? JIT.shared().assembly(ir: ir, name: launch.name)) ?? "" }
    let source = ModuleSource(
      name: launch.name, ir: ir, symbols: CompiledKernel.symbols(Self.symbol, of: launch.kernel))
    let kept = store?.image(of: source)
    return KernelDraft(
      source: source, hasFinish: launch.kernel.isFullReduction, image: kept, isKept: kept != nil,
      time: ContinuousClock.now - start)
  }

  /// Compiles a loop that is written in LLVM's text, or finds it in the cache.
  ///
  /// - Parameter ir: Defines `symbol` as a `LoopBody`.
  package func loop(ir: String, name: String) throws(LLVMError) -> CompiledLoop {
    let source = ModuleSource(name: name, ir: ir, symbols: [Self.symbol])
    let kept = store?.image(of: source)
    let image = if let kept { kept } else { try images(of: [source])[0] }
    return try CompiledLoop(try MachineCode(image, name: name), symbol: Self.symbol)
  }

  /// Compiles some sources in one module, and keeps what comes of them.
  private func images(of sources: [ModuleSource]) throws(LLVMError) -> [Image] {
    let jit = try JIT.shared()
    let images = try jit.images(of: sources)
    // Another LLVM may have been installed since the record was read.
    if let store, HostRecord(of: jit) == store.record {
      for (source, image) in zip(sources, images) { store.keep(image, of: source) }
    }
    return images
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
