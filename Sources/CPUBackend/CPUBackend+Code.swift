package import KernelIR
package import LLVM

/// The languages in which kernels can be read.
package enum CodeForm: Sendable {
  case llvm, assembly
}

extension CPUBackend {
  /// Returns the kernels of a plan as text, each under its name, and after them the functions that they
  /// call. Library calls have none. Of a kernel that leaves some results in the caches and not others, the
  /// variant that does comes after it, under `_cached`.
  package func code(
    of plan: LaunchPlan, threads: Int, as form: CodeForm
  ) throws(LLVMError) -> String {
    let plan = plan.choosingMemoryAccess(threads: threads, by: .standard.adapted(to: host))
    return try text(of: plan, as: form, for: host)
  }

  /// Returns the kernels of a plan as assembly for a processor of `LLVM`'s table, which this one need
  /// not be, and common caches: text that depends on LLVM's version, Martlet and `threads` alone.
  package func assembly(
    of plan: LaunchPlan, threads: Int, forProcessor name: String
  ) throws(LLVMError) -> String {
    let other = try Host.named(name, with: JIT.shared().library)
    let plan = plan.choosingMemoryAccess(threads: threads, by: .common.adapted(to: other))
    return try text(of: plan, as: .assembly, for: other)
  }

  private func text(
    of plan: LaunchPlan, as form: CodeForm, for host: Host
  ) throws(LLVMError) -> String {
    var texts: [String] = []
    var functions: [VectorFunction] = []
    for launch in plan.steps.flatMap(\.variants) {
      let emitted = KernelEmitter.emit(launch.kernel, named: Self.symbol, for: host)
      functions += emitted.functions.filter { !functions.contains($0) }
      texts.append(
        try "; kernel \(launch.name)\n" + text(emitted.ir, launch.name, as: form, for: host))
    }
    for function in functions {
      let source = function.source(for: host)
      texts.append(
        try "; function \(function)\n" + text(source.ir, source.name, as: form, for: host))
    }
    return texts.joined(separator: "\n")
  }

  private func text(
    _ ir: String, _ name: String, as form: CodeForm, for host: Host
  ) throws(LLVMError) -> String {
    switch form {
    case .llvm: ir
    case .assembly:
      try JIT.shared().assembly(ir: ir, name: name, for: host == self.host ? nil : host)
    }
  }
}
