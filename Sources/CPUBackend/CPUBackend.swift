package import KernelIR
package import LLVM
import Synchronization

/// Compiles launch plans for this machine.
///
/// LLVM is opened when the first kernel is met that neither this process nor the cache knows.
package final class CPUBackend: Sendable {
  /// The processor that code is made for.
  package let host: Host

  let store: KernelStore?
  let library = FunctionLibrary()
  private let cache = KernelCache()

  /// What every kernel's function is called in its own text.
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
  ///   - overwritesInputs: Whether calls will give inputs away, so that results take their place.
  ///   - policy: How launches meet memory; nil for what suits this machine.
  ///   - log: Told what is compiled, with the `MARTLET_DEBUG` level that shows it. Any of the
  ///     threads may call it.
  ///   - observer: Told each kernel that became machine code, likewise.
  package func compile(
    _ plan: LaunchPlan, threads: Int = ThreadBudget.standard.threads,
    overwritesInputs: Bool = false, memory policy: MemoryPolicy? = nil,
    log: @Sendable (_ level: Int, _ text: () -> String) -> Void = { _, _ in },
    observer: (@Sendable (KernelReport) -> Void)? = nil
  ) throws -> CompiledPlan {
    let plan = plan.choosingMemoryAccess(
      threads: threads, overwritesInputs: overwritesInputs,
      by: policy ?? .standard.adapted(to: host))
    let variants = plan.steps.map(\.variants), launches = Array(variants.joined())
    let compiled = try cache.kernels(launches.map(\.kernel)) { positions, land in
      compile(positions.map { launches[$0] }, threads, log, observer) { number, result in
        land(positions[number], result)
      }
    }
    var rest = compiled[...]
    return try CompiledPlan(
      plan,
      variants.map { variants in
        defer { rest = rest.dropFirst(variants.count) }
        return Array(rest.prefix(variants.count))
      }, threads: threads, overwritesInputs: overwritesInputs)
  }

  /// Compiles kernels side by side, of which short ones share modules, and hands each result to `land`
  /// with the number of the launch; any of the threads may do so.
  private func compile(
    _ launches: [KernelLaunch], _ threads: Int,
    _ log: @Sendable (Int, () -> String) -> Void, _ observer: (@Sendable (KernelReport) -> Void)?,
    _ land: (Int, Result<CompiledKernel, LLVMError>) -> Void
  ) {
    let drafts = ParallelLoop.map(
      launches, threads: threads, nanosecondsEach: KernelDraft.emitNanoseconds
    ) { draft(of: $0, log) }
    prepare(Set(drafts.compactMap(\.functions).joined()), threads: threads, log)
    drafts.forEachGroup(threads: threads) { group in
      let results = results(of: group.map { drafts[$0] })
      for (number, (result, time)) in zip(group, results) {
        if case .success = result {
          let report = drafts[number].report(after: time)
          log(2) { "\(report)" }
          observer?(report)
        }
        land(number, result)
      }
    }
  }

  /// Emits a kernel and looks it up in the store.
  private func draft(of launch: KernelLaunch, _ log: (Int, () -> String) -> Void) -> KernelDraft {
    let start = ContinuousClock.now
    verify(launch)
    let emitted = KernelEmitter.emit(launch.kernel, named: Self.symbol, for: host)
    let source = ModuleSource(
      name: launch.name, ir: emitted.ir,
      symbols: CompiledKernel.symbols(Self.symbol, of: launch.kernel))
    report("kernel", source, log)
    return KernelDraft(
      source: source, hasFinish: launch.kernel.isFullReduction, functions: emitted.functions,
      kept: store?.image(of: source), time: ContinuousClock.now - start)
  }

  /// Looks for mistakes of those who made the kernel, in debug builds.
  private func verify(_ launch: KernelLaunch) {
    #if DEBUG
      do throws(KernelError) {
        try launch.kernel.verify()
      } catch {
        preconditionFailure("compile: \(launch.name): \(error)\n\(launch.kernel)")
      }
    #endif
  }

  /// Shows a text and its assembly to who asks for them.
  func report(_ kind: String, _ source: ModuleSource, _ log: (Int, () -> String) -> Void) {
    log(4) { "; \(kind) \(source.name)\n\(source.ir)" }
    log(5) {
      "; \(kind) \(source.name)\n"
        + ((try? JIT.shared().assembly(ir: source.ir, name: source.name)) ?? "")
    }
  }

  /// The machine code of a group, and what each of the kernels took.
  func results(
    of group: [KernelDraft]
  ) -> [(Result<CompiledKernel, LLVMError>, Duration)] {
    let start = ContinuousClock.now
    do throws(LLVMError) {
      let codes = try codes(of: group)
      var kernels: [CompiledKernel] = []
      for (draft, code) in zip(group, codes) {
        kernels.append(
          try CompiledKernel(
            code, symbol: Self.symbol, hasFinish: draft.hasFinish,
            calling: self.codes(of: draft.functions ?? [])))
      }
      return Array(zip(kernels.map { .success($0) }, group.shares(of: ContinuousClock.now - start)))
    } catch {
      // A kernel that fails keeps none of the others from being compiled.
      if group.count > 1 { return group.flatMap { results(of: [$0]) } }
      return [(.failure(error), .zero)]
    }
  }

  /// The machine code of a group.
  func codes(of group: [KernelDraft]) throws(LLVMError) -> [MachineCode] {
    let kept = group.compactMap(\.kept)
    let images = kept.count == group.count ? kept : try images(of: group.map(\.source))
    return try MachineCode.place(Array(zip(images, group.map(\.source.name))))
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
  func images(of sources: [ModuleSource]) throws(LLVMError) -> [Image] {
    let jit = try JIT.shared()
    let images = try jit.images(of: sources)
    // Another LLVM may have been installed since the record was read.
    guard let store, HostRecord(of: jit) == store.record else { return images }
    if sources.count > 1, !images.allSatisfy(\.isPortable) {
      // One calls a function of this process; the others would not be kept for its sake.
      var apart: [Image] = []
      for source in sources { apart += try self.images(of: [source]) }
      return apart
    }
    for (source, image) in zip(sources, images) { store.keep(image, of: source) }
    return images
  }
}

/// How a kernel, or a function that kernels call, became machine code.
package struct KernelReport: Sendable, CustomStringConvertible {
  package let name: String
  package let time: Duration
  /// Whether it was found in the cache.
  package let wasCached: Bool
  /// Whether it is a function that kernels call.
  package let isFunction: Bool

  /// One line.
  package var description: String {
    "\(isFunction ? "function" : "kernel") \(name): \(wasCached ? "found in the cache" : "compiled") in \(time)"
  }
}
