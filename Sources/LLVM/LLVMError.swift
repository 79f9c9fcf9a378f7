/// What keeps LLVM from being opened, or a kernel from becoming machine code.
package struct LLVMError: Error, Equatable, CustomStringConvertible {
  /// The whole text: one phrase, then indented notes.
  package let description: String

  private init(_ phrase: String, notes: String...) {
    let lines = notes.flatMap { $0.split(separator: "\n") }
    description = ([phrase] + lines.map { "  " + $0 }).joined(separator: "\n")
  }
}

/// Opening the library.
extension LLVMError {
  /// None of the usual file names can be opened.
  static func notFound(_ names: [String]) -> LLVMError {
    LLVMError(
      "llvm: the library was not found; looked for \(names.joined(separator: ", "))",
      notes: "\(install) provides it")
  }

  /// `MARTLET_LLVM` names a library that cannot be opened; `reason` is the loader's own sentence.
  static func cannotOpen(_ path: String, _ reason: String) -> LLVMError {
    LLVMError("llvm: MARTLET_LLVM names '\(path)', which cannot be opened", notes: reason)
  }

  /// A library of a usual name is there and cannot be opened, or what it needs itself.
  static func cannotLoad(_ name: String, _ reason: String) -> LLVMError {
    LLVMError("llvm: '\(name)' cannot be opened", notes: reason)
  }

  /// `MARTLET_LLVM=none` asks for a process without LLVM.
  static let disabled = LLVMError("llvm: MARTLET_LLVM is 'none', so no library is opened")

  /// The library is of a version that nothing was tested with; nil where it cannot be asked.
  static func wrongVersion(_ path: String, _ version: String?) -> LLVMError {
    let accepted = Release.accepted.map { "\($0.major)" }.joined(separator: " or ")
    let found = version.map { "is \($0)" } ?? "gives none, as no library but LLVM 16 and later does"
    return LLVMError(
      "llvm: the version must be \(accepted); '\(path)' \(found)", notes: "\(install) provides it")
  }

  /// The library has the right version, but was built without a function that is called.
  static func missingFunction(_ path: String, _ name: String) -> LLVMError {
    LLVMError(
      "llvm: '\(path)' lacks the function '\(name)'",
      notes: "\(install) provides a library that has it")
  }

  private static var install: String {
    "apt-get install " + Release.accepted.prefix(1).map(\.package).joined()
  }
}

/// Choosing the processor.
extension LLVMError {
  /// `MARTLET_CPU`, or what code is asked for, is not a name of the table of processors.
  static func unknownProcessor(_ name: String) -> LLVMError {
    let known = Processor.all.map(\.name).joined(separator: ", ")
    return LLVMError(
      "llvm: the processor, as in MARTLET_CPU, must be one of \(known); got '\(name)'")
  }

  /// Code for the processor that `MARTLET_CPU` names would stop with an illegal instruction here.
  static func processorTooNew(_ name: String, lacking features: [String]) -> LLVMError {
    LLVMError(
      "llvm: MARTLET_CPU is '\(name)', whose code needs \(features.joined(separator: ", ")); "
        + "this processor has no such instructions")
  }

  /// LLVM has no code generator for this machine.
  static func noTarget(_ triple: String, _ reason: String) -> LLVMError {
    LLVMError("llvm: no machine code can be made for '\(triple)'", notes: reason)
  }
}

/// From text to machine code.
extension LLVMError {
  /// The text is not LLVM's language.
  static func notParsed(_ module: String, _ reason: String) -> LLVMError {
    LLVMError("llvm: the text of '\(module)' is not LLVM IR", notes: reason)
  }

  /// The module breaks a rule of LLVM IR that the parser does not check.
  static func notVerified(_ module: String, _ reason: String) -> LLVMError {
    LLVMError("llvm: '\(module)' is not well formed", notes: reason)
  }

  /// A pass is unknown, or stopped.
  static func passesFailed(_ module: String, _ passes: String, _ reason: String) -> LLVMError {
    LLVMError("llvm: the passes '\(passes)' failed on '\(module)'", notes: reason)
  }

  /// Code generation stopped.
  static func notEmitted(_ module: String, _ reason: String) -> LLVMError {
    LLVMError("llvm: no machine code was made for '\(module)'", notes: reason)
  }

  /// ORC could not be started.
  static func notStarted(_ reason: String) -> LLVMError {
    LLVMError("llvm: the JIT cannot start", notes: reason)
  }

  /// `exit` was called on another thread, and LLVM is being taken down.
  static let processEnds = LLVMError("llvm: the process is ending, so nothing is compiled")

  /// The object cannot be placed in memory, or needs a symbol that the process does not have.
  static func notLinked(_ object: String, _ reason: String) -> LLVMError {
    LLVMError("llvm: '\(object)' cannot be linked", notes: reason)
  }

  /// The system has no memory left that may be executed, or grants none.
  static func noMemory(_ name: String) -> LLVMError {
    LLVMError("llvm: there is no memory for the machine code of '\(name)'")
  }

  /// The object does not define a symbol that is asked for.
  static func symbolNotFound(_ symbol: String, in object: String, _ reason: String) -> LLVMError {
    LLVMError("llvm: '\(object)' gives no address for '\(symbol)'", notes: reason)
  }
}
