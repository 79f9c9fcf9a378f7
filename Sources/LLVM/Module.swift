internal import CLLVM

/// Some sources, parsed and verified, in one module and a context of its own.
struct Module: ~Copyable {
  private let name: String
  private let machine: TargetMachine
  private let context: Context
  private let reference: OpaquePointer

  private var functions: LLVMFunctions { machine.library.functions }

  /// Parses and verifies `sources` for `machine`. Their symbols get joined names.
  static func parse(
    _ sources: [ModuleSource], for machine: TargetMachine, triple: String
  ) throws(LLVMError) -> Module {
    let module = Module(named: sources.name, for: machine, triple: triple)
    for (number, source) in sources.enumerated() {
      let names = source.symbols.map { ($0, sources.joinedName(of: $0, in: number)) }
      try module.add(source, renaming: names, triple: triple)
    }
    return module
  }

  /// Makes an empty module (`LLVMModuleCreateWithNameInContext`); messages call it `name`.
  private init(named name: String, for machine: TargetMachine, triple: String) {
    self.name = name
    self.machine = machine
    context = Context(in: machine.library)
    reference = machine.library.functions.LLVMModuleCreateWithNameInContext(
      name, context.reference)
    machine.describeTarget(to: reference, triple: triple)
  }

  deinit { functions.LLVMDisposeModule(reference) }

  /// Parses and verifies a source, and moves what it defines to this module (`LLVMLinkModules2`), where
  /// some functions have other names.
  private borrowing func add(
    _ source: ModuleSource, renaming names: [(String, String)], triple: String
  ) throws(LLVMError) {
    let part = try parse(source)
    machine.describeTarget(to: part, triple: triple)
    do {
      try verify(part, of: source)
      for (symbol, name) in names where name != symbol {
        try rename(symbol, to: name, in: part, of: source)
      }
    } catch {
      functions.LLVMDisposeModule(part)
      throw error
    }
    if functions.LLVMLinkModules2(reference, part) != 0 {
      throw .notLinked(source.name, context.errors ?? "LLVM gives no reason")
    }
  }

  /// Reads LLVM's text (`LLVMParseIRInContext`).
  private borrowing func parse(_ source: ModuleSource) throws(LLVMError) -> OpaquePointer {
    let buffer = MemoryBuffer(
      copying: source.ir.utf8.span, name: source.name, in: machine.library)
    var parsed: OpaquePointer?
    var message: UnsafeMutablePointer<CChar>?
    let failed = functions.LLVMParseIRInContext(
      context.reference, buffer.release(), &parsed, &message)
    guard failed == 0, let parsed else {
      throw .notParsed(source.name, machine.library.take(message))
    }
    return parsed
  }

  /// Checks the rules of LLVM IR (`LLVMVerifyModule`): later stages end the process over a module
  /// that breaks one.
  private borrowing func verify(_ part: OpaquePointer, of source: ModuleSource) throws(LLVMError) {
    var message: UnsafeMutablePointer<CChar>?
    let failed = functions.LLVMVerifyModule(part, LLVMReturnStatusAction, &message)
    let reason = machine.library.take(message)
    if failed != 0 { throw .notVerified(source.name, reason) }
  }

  /// Gives a function another name (`LLVMGetNamedFunction`, `LLVMSetValueName2`).
  private borrowing func rename(
    _ symbol: String, to name: String, in part: OpaquePointer, of source: ModuleSource
  ) throws(LLVMError) {
    guard let function = functions.LLVMGetNamedFunction(part, symbol) else {
      throw .symbolNotFound(symbol, in: source.name, "its text does not define it")
    }
    functions.LLVMSetValueName2(function, name, name.utf8.count)
  }

  /// Runs `passes`, in the language of `opt -passes` (`LLVMRunPasses`).
  borrowing func run(_ passes: String) throws(LLVMError) {
    let options = functions.LLVMCreatePassBuilderOptions()
    defer { functions.LLVMDisposePassBuilderOptions(options) }
    if let error = functions.LLVMRunPasses(reference, passes, machine.reference, options) {
      throw .passesFailed(name, passes, machine.library.take(error: error))
    }
    if let errors = context.errors { throw .passesFailed(name, passes, errors) }
  }

  /// Makes an object file (`LLVMTargetMachineEmitToMemoryBuffer`).
  consuming func emitObject() throws(LLVMError) -> ObjectFile {
    ObjectFile(try emit(LLVMObjectFile), name: name)
  }

  /// Makes assembly text; the module is of no further use.
  consuming func emitAssembly() throws(LLVMError) -> String {
    try emit(LLVMAssemblyFile).withBytes { String(decoding: $0, as: UTF8.self) }
  }

  private borrowing func emit(_ type: LLVMCodeGenFileType) throws(LLVMError) -> MemoryBuffer {
    var message: UnsafeMutablePointer<CChar>?
    var emitted: OpaquePointer?
    let failed = functions.LLVMTargetMachineEmitToMemoryBuffer(
      machine.reference, reference, type, &message, &emitted)
    guard failed == 0, let emitted else {
      throw .notEmitted(name, machine.library.take(message))
    }
    let buffer = MemoryBuffer(owning: emitted, of: machine.library)
    if let errors = context.errors { throw .notEmitted(name, errors) }
    return buffer
  }

  /// LLVM's text of the module as it stands (`LLVMPrintModuleToString`).
  var text: String { machine.library.take(functions.LLVMPrintModuleToString(reference)) }
}
