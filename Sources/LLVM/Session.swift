internal import CLLVM

/// An ORC session; one thread at a time uses it.
///
/// Each object file has a scope (a `JITDylib`) of its own, so that kernels may share names and can
/// be freed one by one.
struct Session: ~Copyable {
  private let library: Library
  private let jit: OpaquePointer
  private let reports: Reports
  private var scopes: [OpaquePointer] = []
  private var free: [Scope] = []

  private var functions: LLVMFunctions { library.functions }

  /// Starts ORC (`LLVMOrcCreateLLJIT`). Its reports are kept, as it would otherwise write them to
  /// standard error (`LLVMOrcExecutionSessionSetErrorReporter`).
  init(for host: Host, in library: Library) throws(LLVMError) {
    self.library = library
    jit = try Self.start(for: host, in: library)
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
    for host: Host, in library: Library
  ) throws(LLVMError) -> OpaquePointer {
    let functions = library.functions
    let machine = try TargetMachine.make(for: host, in: library)
    let builder = functions.LLVMOrcCreateLLJITBuilder()
    functions.LLVMOrcLLJITBuilderSetJITTargetMachineBuilder(
      builder, functions.LLVMOrcJITTargetMachineBuilderCreateFromTargetMachine(machine))
    var jit: OpaquePointer?
    let error = functions.LLVMOrcCreateLLJIT(&jit, builder)
    if let error { throw .notStarted(library.take(error: error)) }
    guard let jit else { throw .notStarted("LLVM gives no reason") }
    return jit
  }
}

/// The place of one object file in a session.
struct Scope: Sendable {
  fileprivate let index: Int
}

extension Session {
  /// Adds `object` (`LLVMOrcLLJITAddObjectFile`), which ORC owns from here on.
  mutating func add(_ object: consuming ObjectFile) throws(LLVMError) -> Scope {
    let name = object.name
    let scope = try makeScope(for: name)
    let place = scopes[scope.index]
    if let error = functions.LLVMOrcLLJITAddObjectFile(jit, place, object.release()) {
      free.append(scope)
      throw .notLinked(name, library.take(error: error))
    }
    return scope
  }

  /// Frees what is in `scope` (`LLVMOrcJITDylibClear`); a later object takes its place, since ORC's
  /// C interface cannot remove a `JITDylib`.
  mutating func remove(_ scope: Scope) {
    if let error = functions.LLVMOrcJITDylibClear(scopes[scope.index]) {
      _ = library.take(error: error)
    } else {
      free.append(scope)
    }
  }

  /// Returns a free scope, or makes one (`LLVMOrcExecutionSessionCreateBareJITDylib`) that finds
  /// what it lacks in this process
  /// (`LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess`, `LLVMOrcJITDylibAddGenerator`).
  private mutating func makeScope(for name: String) throws(LLVMError) -> Scope {
    if let scope = free.popLast() { return scope }
    var process: OpaquePointer?
    let error = functions.LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess(
      &process, functions.LLVMOrcLLJITGetGlobalPrefix(jit), nil, nil)
    if let error { throw .notLinked(name, library.take(error: error)) }
    guard let process else { throw .notLinked(name, "LLVM cannot search the process") }
    let scope = functions.LLVMOrcExecutionSessionCreateBareJITDylib(
      functions.LLVMOrcLLJITGetExecutionSession(jit), "kernel \(scopes.count)")
    functions.LLVMOrcJITDylibAddGenerator(scope, process)
    scopes.append(scope)
    return Scope(index: scopes.count - 1)
  }

  /// Links what `symbol` needs and returns its address (`LLVMOrcExecutionSessionLookup`).
  mutating func address(
    of symbol: String, in scope: Scope, name: String
  ) throws(LLVMError) -> UInt64 {
    reports.texts = []
    let answer = Answer(library)
    var place = LLVMOrcCJITDylibSearchOrderElement(
      library: scopes[scope.index], flags: LLVMOrcJITDylibLookupFlagsMatchExportedSymbolsOnly)
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
