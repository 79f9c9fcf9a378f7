internal import CLLVM

/// An ORC session; one thread at a time uses it.
///
/// It links one object file after the other, in the same scope (a `JITDylib`) and the same memory,
/// which both are empty in between: what is kept are the images.
struct Session: ~Copyable {
  private let library: Library
  private let jit: OpaquePointer
  private let scope: OpaquePointer
  private let reports: Reports
  private let arena: LinkArena
  private let process: ProcessSymbols

  private var functions: LLVMFunctions { library.functions }

  /// Starts ORC (`LLVMOrcCreateLLJIT`). Its reports are kept, as it would otherwise write them to
  /// standard error (`LLVMOrcExecutionSessionSetErrorReporter`).
  init(for host: Host, in library: Library) throws(LLVMError) {
    guard let arena = LinkArena() else { throw .notStarted("the system gives no memory") }
    let process = ProcessSymbols()
    let jit = try Self.start(for: host, in: library, arena)
    let scope = try Self.makeScope(in: jit, library, process)
    (self.library, self.arena, self.process) = (library, arena, process)
    (self.jit, self.scope) = (jit, scope)
    reports = Reports(library)
    library.functions.LLVMOrcExecutionSessionSetErrorReporter(
      library.functions.LLVMOrcLLJITGetExecutionSession(jit),
      { context, error in
        guard let context else { return }
        Unmanaged<Reports>.fromOpaque(context).takeUnretainedValue().add(error)
      }, Unmanaged.passUnretained(reports).toOpaque())
  }

  deinit {
    let (library, jit) = (library, jit)
    try? ExitGate.pass { () throws(LLVMError) in
      if let error = library.functions.LLVMOrcDisposeLLJIT(jit) { _ = library.take(error: error) }
    }
  }

  private static func start(
    for host: Host, in library: Library, _ arena: LinkArena
  ) throws(LLVMError) -> OpaquePointer {
    let functions = library.functions
    let machine = try TargetMachine.make(for: host, in: library)
    let builder = functions.LLVMOrcCreateLLJITBuilder()
    functions.LLVMOrcLLJITBuilderSetJITTargetMachineBuilder(
      builder, functions.LLVMOrcJITTargetMachineBuilderCreateFromTargetMachine(machine))
    arena.serve(builder, of: library)
    var jit: OpaquePointer?
    let error = functions.LLVMOrcCreateLLJIT(&jit, builder)
    if let error { throw .notStarted(library.take(error: error)) }
    guard let jit else { throw .notStarted("LLVM gives no reason") }
    return jit
  }

  /// Makes the scope (`LLVMOrcExecutionSessionCreateBareJITDylib`), which finds what it lacks in
  /// this process (`LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess`,
  /// `LLVMOrcJITDylibAddGenerator`).
  private static func makeScope(
    in jit: OpaquePointer, _ library: Library, _ symbols: ProcessSymbols
  ) throws(LLVMError) -> OpaquePointer {
    let functions = library.functions
    var process: OpaquePointer?
    let error = functions.LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess(
      &process, functions.LLVMOrcLLJITGetGlobalPrefix(jit),
      { context, _ in
        guard let context else { return 0 }
        Unmanaged<ProcessSymbols>.fromOpaque(context).takeUnretainedValue().areUsed = true
        return 1
      }, Unmanaged.passUnretained(symbols).toOpaque())
    if let error { throw .notStarted(library.take(error: error)) }
    guard let process else { throw .notStarted("LLVM cannot search the process") }
    let scope = functions.LLVMOrcExecutionSessionCreateBareJITDylib(
      functions.LLVMOrcLLJITGetExecutionSession(jit), "kernel")
    functions.LLVMOrcJITDylibAddGenerator(scope, process)
    return scope
  }
}

extension Session {
  /// Links `object` (`LLVMOrcLLJITAddObjectFile`), copies the image out and forgets the object
  /// (`LLVMOrcJITDylibClear`).
  func image(
    of object: consuming ObjectFile, symbols: [String]
  ) throws(LLVMError) -> Image {
    let name = object.name
    defer {
      if let error = functions.LLVMOrcJITDylibClear(scope) { _ = library.take(error: error) }
      arena.empty()
    }
    (reports.texts, process.areUsed) = ([], false)
    if let error = functions.LLVMOrcLLJITAddObjectFile(jit, scope, object.release()) {
      throw .notLinked(name, library.take(error: error))
    }
    var entries: [String: Int] = [:]
    for symbol in symbols {
      let address = try address(of: symbol, name: name)
      if let failure = arena.failure { throw .notLinked(name, failure) }
      guard let offset = arena.offset(of: address) else {
        throw .symbolNotFound(symbol, in: name, "it is defined elsewhere")
      }
      entries[symbol] = offset
    }
    return Image(bytes: arena.image, entries: entries, isPortable: !process.areUsed)
  }

  /// Links what `symbol` needs and returns its address (`LLVMOrcExecutionSessionLookup`).
  private func address(of symbol: String, name: String) throws(LLVMError) -> UInt64 {
    let answer = Answer(library)
    var place = LLVMOrcCJITDylibSearchOrderElement(
      library: scope, flags: LLVMOrcJITDylibLookupFlagsMatchExportedSymbolsOnly)
    // The lookup consumes the interned name.
    var wanted = LLVMOrcCLookupSetElement(
      name: functions.LLVMOrcLLJITMangleAndIntern(jit, symbol),
      flags: LLVMOrcSymbolLookupFlagsRequiredSymbol)
    // ORC calls back before it returns, because it runs its tasks on the calling thread and the
    // linker's lock keeps every other thread from taking one of them.
    functions.LLVMOrcExecutionSessionLookup(
      functions.LLVMOrcLLJITGetExecutionSession(jit), LLVMOrcLookupKindStatic, &place, 1,
      &wanted, 1,
      { error, pairs, count, context in
        guard let context else { return }
        let answer = Unmanaged<Answer>.fromOpaque(context).takeRetainedValue()
        answer.receive(error, UnsafeBufferPointer(start: pairs, count: count))
      }, Unmanaged.passRetained(answer).toOpaque())
    if let address = answer.address { return address }
    // A report says what is missing; the error then only says that something is.
    guard reports.texts.isEmpty else {
      throw .notLinked(name, reports.texts.joined(separator: "\n"))
    }
    throw .symbolNotFound(symbol, in: name, answer.failure ?? "ORC gives no answer")
  }
}

/// Whether the object that is linked uses anything of this process, whose addresses then stand in
/// its image.
private final class ProcessSymbols {
  var areUsed = false
}

/// What ORC reports besides the errors it returns: the cause where the error names the consequence.
private final class Reports {
  private let library: Library
  var texts: [String] = []

  init(_ library: Library) { self.library = library }

  func add(_ error: OpaquePointer) { texts.append(library.take(error: error)) }
}

/// What comes back from one lookup.
private final class Answer {
  private let library: Library
  private(set) var address: UInt64?
  private(set) var failure: String?

  init(_ library: Library) { self.library = library }

  func receive(_ error: OpaquePointer?, _ pairs: UnsafeBufferPointer<LLVMOrcCSymbolMapPair>) {
    failure = error.map { library.take(error: $0) }
    address = pairs.first?.symbol.address
  }
}
