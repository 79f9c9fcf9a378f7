internal import Dispatch
internal import Synchronization

/// Makes machine code of LLVM's text and keeps it in this process. Every function may be called
/// from any number of threads at once.
///
/// The text is verified before anything else happens to it. What the verifier lets pass and the
/// code generator cannot do (an intrinsic of another processor, say) ends the process, as LLVM
/// knows no other way.
package final class JIT: Sendable {
  /// The processor that code is made for.
  package let host: Host

  /// The library that does the work.
  package let library: Library

  /// What is done to a text besides what its processor and LLVM's version decide. Images of
  /// different recipes are not exchanged.
  package static let recipe = "recipe 1: \(PassList.standard), O2, small position-independent code"

  private let machines: TargetMachinePool
  private let linker: Linker

  /// The process's one JIT, started on first use; a failure is kept and thrown again.
  package static func shared() throws(LLVMError) -> JIT {
    try outcome.get()
  }

  private static let outcome = Result { () throws(LLVMError) in
    try ExitGate.pass { () throws(LLVMError) in try make() }
  }

  /// Starts another JIT for the process's library and processor; it costs 1 ms and shares nothing.
  package static func make() throws(LLVMError) -> JIT {
    let library = try Library.shared()
    return try JIT(library: library, host: Host.detect(with: library))
  }

  init(library: Library, host: Host) throws(LLVMError) {
    self.library = library
    self.host = host
    machines = TargetMachinePool(for: host, in: library)
    linker = try Linker(for: host, in: library)
  }

  /// Calls `body` while the process's JIT starts on another thread: the 13 ms that this takes when
  /// no kernel was compiled before are hidden behind `body`. Failure shows when the JIT is used.
  ///
  /// It returns when the other thread is done too, so that none of ours opens LLVM behind the back of a process
  /// that ends. Where Dispatch has no thread to spare, as all may wait for the caller, nothing is started.
  package static func start<Result, Failure>(
    while body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard !isStarting.exchange(true, ordering: .relaxed) else { return try body() }
    DispatchQueue.global(qos: .userInitiated).async {
      if claim() { _ = outcome }
    }
    defer {
      if !claim() { _ = outcome }
    }
    return try body()
  }

  private static let isStarting = Atomic(false)
  private static let isClaimed = Atomic(false)

  /// Whether the caller is the first to ask.
  private static func claim() -> Bool { !isClaimed.exchange(true, ordering: .relaxed) }

  /// Makes callable code of `ir`, with the addresses of `symbols`; `name` is what messages call it.
  package func compile(
    ir: String, name: String, symbols: [String]
  ) throws(LLVMError) -> MachineCode {
    try MachineCode(try image(ir: ir, name: name, symbols: symbols), name: name)
  }

  /// Makes linked code of `ir`, which may be kept for another process.
  package func image(
    ir: String, name: String, symbols: [String]
  ) throws(LLVMError) -> Image {
    try images(of: [ModuleSource(name: name, ir: ir, symbols: symbols)])[0]
  }

  /// Makes linked code of several sources at once: images of the same bytes, each with the entries of
  /// its source.
  ///
  /// LLVM takes 1 ms to set the code generator's passes up for a module, and finds its own code and tables
  /// in the caches from the second function on: eight short kernels take 19 ms together, and 34 one by
  /// one.
  package func images(of sources: [ModuleSource]) throws(LLVMError) -> [Image] {
    let object = try machines.withMachine { machine throws(LLVMError) in
      try optimized(sources, machine).emitObject()
    }
    let names = sources.enumerated().map { number, source in
      source.symbols.map { sources.joinedName(of: $0, in: number) }
    }
    let image = try linker.image(of: object, symbols: names.flatMap { $0 })
    return zip(sources, names).map { source, names in
      image.with(entries: Dictionary(uniqueKeysWithValues: zip(source.symbols, names)))
    }
  }

  /// Returns the assembly text of `ir`, perhaps for another processor, whose code need not run here.
  package func assembly(
    ir: String, name: String, for other: Host? = nil
  ) throws(LLVMError) -> String {
    let machines = other.map { TargetMachinePool(for: $0, in: library) } ?? machines
    return try machines.withMachine { machine throws(LLVMError) in
      try optimized([ModuleSource(name: name, ir: ir, symbols: [])], machine).emitAssembly()
    }
  }

  /// Returns LLVM's text of `ir` after the passes.
  package func optimizedText(ir: String, name: String) throws(LLVMError) -> String {
    try machines.withMachine { machine throws(LLVMError) in
      try optimized([ModuleSource(name: name, ir: ir, symbols: [])], machine).text
    }
  }

  private func optimized(
    _ sources: [ModuleSource], _ machine: TargetMachine
  ) throws(LLVMError) -> Module {
    let module = try Module.parse(sources, for: machine, triple: host.triple)
    try module.run(PassList.standard)
    return module
  }
}
