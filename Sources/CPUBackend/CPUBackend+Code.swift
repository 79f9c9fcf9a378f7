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
    try text(of: plan.choosingMemoryAccess(threads: threads), for: host) {
      name, ir throws(LLVMError) in
      switch form {
      case .llvm: ir
      case .assembly: try JIT.shared().assembly(ir: ir, name: name)
      }
    }
  }

  /// Returns the kernels of a plan as assembly for a processor of `LLVM`'s table, which this one need
  /// not be, and common caches: text that only depends on LLVM's version and on Martlet.
  package func assembly(
    of plan: LaunchPlan, threads: Int, forProcessor name: String
  ) throws(LLVMError) -> String {
    let jit = try JIT.shared()
    let other = try Host.named(name, with: jit.library)
    return try text(of: plan.choosingMemoryAccess(threads: threads, by: .common), for: other) {
      name, ir throws(LLVMError) in
      try jit.assembly(ir: ir, name: name, for: other)
    }
  }

  private func text(
    of plan: LaunchPlan, for host: Host,
    _ text: (_ name: String, _ ir: String) throws(LLVMError) -> String
  ) throws(LLVMError) -> String {
    var texts: [String] = []
    for step in plan.steps {
      guard case .kernel(let launch) = step else { continue }
      let ir = KernelEmitter.emit(launch.kernel, named: Self.symbol, for: host)
      texts.append("; kernel \(launch.name)\n\(try text(launch.name, ir))")
    }
    return texts.joined(separator: "\n")
  }
}
