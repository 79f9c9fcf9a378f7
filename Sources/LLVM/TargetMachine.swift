internal import CLLVM

/// LLVM's code generator, set up for one processor.
///
/// One is made in 0.2 ms the first time and keeps tables that later kernels need, so machines are
/// kept; see `TargetMachinePool`.
final class TargetMachine {
  let library: Library
  let reference: OpaquePointer

  /// Makes a code generator for `host` (`LLVMGetTargetFromTriple`, `LLVMCreateTargetMachine`).
  init(for host: Host, in library: Library) throws(LLVMError) {
    self.library = library
    reference = try Self.make(for: host, in: library)
  }

  deinit { library.functions.LLVMDisposeTargetMachine(reference) }

  /// Makes a code generator that the caller owns.
  static func make(for host: Host, in library: Library) throws(LLVMError) -> OpaquePointer {
    let functions = library.functions
    var target: OpaquePointer?
    var message: UnsafeMutablePointer<CChar>?
    guard functions.LLVMGetTargetFromTriple(host.triple, &target, &message) == 0, let target else {
      throw .noTarget(host.triple, library.take(message))
    }
    // The small code model: a kernel's constants lie beside it, and ORC bridges far calls. The JIT
    // default would spend three instructions on the address of each constant.
    guard
      let machine = functions.LLVMCreateTargetMachine(
        target, host.triple, host.cpuName, host.features, LLVMCodeGenLevelDefault, LLVMRelocPIC,
        LLVMCodeModelSmall)
    else { throw .noTarget(host.triple, "LLVM has a target of this name but no code generator") }
    return machine
  }

  /// Sets the triple and data layout of `module` (`LLVMSetTarget`, `LLVMSetModuleDataLayout`).
  func describeTarget(to module: OpaquePointer, triple: String) {
    let layout = library.functions.LLVMCreateTargetDataLayout(reference)
    defer { library.functions.LLVMDisposeTargetData(layout) }
    library.functions.LLVMSetModuleDataLayout(module, layout)
    library.functions.LLVMSetTarget(module, triple)
  }
}
