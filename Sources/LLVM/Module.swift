internal import CLLVM

/// One parsed and verified module, in a context of its own.
struct Module: ~Copyable {
  private let name: String
  private let machine: TargetMachine
  private let context: Context
  private let reference: OpaquePointer

  private var functions: LLVMFunctions { machine.library.functions }

  /// Parses and verifies `text` for `machine`; messages call it `name`.
  static func parse(
    _ text: String, name: String, for machine: TargetMachine, triple: String
  ) throws(LLVMError) -> Module {
    let module = try Module(parsing: text, name: name, for: machine)
    machine.describeTarget(to: module.reference, triple: triple)
    try module.verify()
    return module
  }

  /// Reads LLVM's text (`LLVMParseIRInContext`).
  private init(parsing text: String, name: String, for machine: TargetMachine) throws(LLVMError) {
    let library = machine.library
    let context = Context(in: library)
    let buffer = MemoryBuffer(copying: text.utf8.span, name: name, in: library)
    var parsed: OpaquePointer?
    var message: UnsafeMutablePointer<CChar>?
    let failed = library.functions.LLVMParseIRInContext(
      context.reference, buffer.release(), &parsed, &message)
    guard failed == 0, let parsed else { throw .notParsed(name, library.take(message)) }
    self.name = name
    self.machine = machine
    self.context = context
    reference = parsed
  }

  deinit { functions.LLVMDisposeModule(reference) }

  /// Checks the rules of LLVM IR (`LLVMVerifyModule`): later stages end the process over a module
  /// that breaks one.
  private borrowing func verify() throws(LLVMError) {
    var message: UnsafeMutablePointer<CChar>?
    let failed = functions.LLVMVerifyModule(reference, LLVMReturnStatusAction, &message)
    let reason = machine.library.take(message)
    if failed != 0 { throw .notVerified(name, reason) }
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
