internal import CLLVM

/// What one compilation keeps to itself, so that several can run at once.
struct Context: ~Copyable {
  let library: Library
  let reference: OpaquePointer
  private let diagnostics: Diagnostics

  /// Makes a context (`LLVMContextCreate`) whose diagnostics are kept
  /// (`LLVMContextSetDiagnosticHandler`): without a handler, LLVM writes them to standard error
  /// and ends the process after an error.
  init(in library: Library) {
    self.library = library
    let diagnostics = Diagnostics(library)
    self.diagnostics = diagnostics
    reference = library.functions.LLVMContextCreate()
    library.functions.LLVMContextSetDiagnosticHandler(
      reference,
      { info, context in
        guard let context else { return }
        Unmanaged<Diagnostics>.fromOpaque(context).takeUnretainedValue().add(info)
      }, Unmanaged.passUnretained(diagnostics).toOpaque())
  }

  deinit { library.functions.LLVMContextDispose(reference) }

  /// The errors reported since the context was made, one a line; nil when there are none.
  var errors: String? {
    diagnostics.errors.isEmpty ? nil : diagnostics.errors.joined(separator: "\n")
  }
}

/// The errors that one context reports.
private final class Diagnostics {
  private let library: Library
  private(set) var errors: [String] = []

  init(_ library: Library) { self.library = library }

  /// Keeps the text of an error (`LLVMGetDiagInfoDescription`) and passes over warnings.
  func add(_ info: OpaquePointer) {
    guard library.functions.LLVMGetDiagInfoSeverity(info) == LLVMDSError else { return }
    errors.append(library.take(library.functions.LLVMGetDiagInfoDescription(info)))
  }
}
