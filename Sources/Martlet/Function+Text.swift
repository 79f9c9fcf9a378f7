package import Arrays
import CPUBackend

extension Function {
  /// The graph as it was built.
  package var graphText: String { program.graph.description }

  /// Returns the kernels that arrays like these are computed by, as LLVM's text.
  package func llvmText(for inputs: [NDArray]) throws -> String { try code(.llvm, for: inputs) }

  /// Returns them as assembly.
  package func assemblyText(for inputs: [NDArray]) throws -> String {
    try code(.assembly, for: inputs)
  }

  private func code(_ form: CodeForm, for inputs: [NDArray]) throws -> String {
    try CPUBackend.shared().code(
      of: try program.launches(for: inputs), threads: program.threads, as: form)
  }
}
