package import KernelIR
package import LLVM

/// The languages in which kernels can be read.
package enum CodeForm: Sendable {
  case llvm, assembly
}

extension CPUBackend {
  /// Returns the kernels of a plan as text, each under its name. Library calls have none.
  package func code(
    of plan: LaunchPlan, threads: Int, as form: CodeForm
  ) throws(LLVMError) -> String {
    var texts: [String] = []
    for step in plan.choosingMemoryAccess(threads: threads).steps {
      guard case .kernel(let launch) = step else { continue }
      let ir = KernelEmitter.emit(launch.kernel, named: Self.symbol, for: host)
      let text =
        switch form {
        case .llvm: ir
        case .assembly: try JIT.shared().assembly(ir: ir, name: launch.name)
        }
      texts.append("; kernel \(launch.name)\n\(text)")
    }
    return texts.joined(separator: "\n")
  }
}
