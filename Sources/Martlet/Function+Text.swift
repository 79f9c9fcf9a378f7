public import Arrays
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

  /// Returns the kernels that arrays like these are computed by, as assembly for another processor and
  /// common caches. Products, which a library computes, have none.
  ///
  /// The text depends on Martlet, LLVM's version and the session's number of threads alone, so its
  /// instructions can be counted and compared on any machine.
  ///
  /// - Parameters:
  ///   - inputs: Arrays of the lengths that are meant; what they hold makes no difference.
  ///   - processor: A name that `MARTLET_CPU` may have, such as `x86-64-v4`. The machine need not be
  ///     able to run such code.
  /// - Throws: An error that lists the names there are, if `processor` is none of them; what a call with
  ///   `inputs` throws.
  public func assemblyText(for inputs: [NDArray], processor: String) throws -> String {
    try CPUBackend.shared().assembly(
      of: try program.launches(for: inputs), threads: program.threads, forProcessor: processor)
  }

  private func code(_ form: CodeForm, for inputs: [NDArray]) throws -> String {
    try CPUBackend.shared().code(
      of: try program.launches(for: inputs), threads: program.threads, as: form)
  }
}
