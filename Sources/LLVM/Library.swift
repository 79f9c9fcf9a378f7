internal import CLLVM
internal import Glibc

/// The opened libLLVM: the table of C functions, and the registered code generator of this machine.
///
/// Opening costs about 11 ms (a third of a million relocations), so it happens when the first
/// kernel is compiled and never again.
package final class Library: Sendable {
  /// The version in LLVM's own spelling, as `19.1.7`.
  package let version: String

  /// The file that was opened, as the loader knows it.
  package let path: String?

  let functions: LLVMFunctions

  private init(functions: LLVMFunctions, version: String, path: String?) {
    self.functions = functions
    self.version = version
    self.path = path
    functions.LLVMInitializeNativeTargetInfo()
    functions.LLVMInitializeNativeTarget()
    functions.LLVMInitializeNativeTargetMC()
    functions.LLVMInitializeNativeAsmPrinter()
    // Without a parser, inline assembly in a module would end the process.
    functions.LLVMInitializeNativeAsmParser()
  }

  /// The process's one library, opened on first use; a failure is kept and thrown again.
  package static func shared() throws(LLVMError) -> Library {
    try outcome.get()
  }

  private static let outcome = Result { () throws(LLVMError) in
    let override = getenv("MARTLET_LLVM").map { String(cString: $0) }
    return try ExitGate.pass { () throws(LLVMError) in try open(named: override) }
  }

  /// Opens the library that `MARTLET_LLVM` names: a path, `none`, or nil for the usual file names.
  static func open(named override: String?) throws(LLVMError) -> Library {
    switch override {
    case nil, "": try open(firstOf: Release.accepted.flatMap(\.fileNames))
    case "none": throw .disabled
    case let path?: try open(path: path)
    }
  }

  /// Opens the first of `names` that the loader finds.
  static func open(firstOf names: [String]) throws(LLVMError) -> Library {
    var refusal: LLVMError?
    for name in names {
      if let handle = dlopen(name, openFlags) { return try Library(handle: handle, path: name) }
      let reason = loaderReason
      // The loader tells by its text alone whether it is this file that is not there.
      let isMissing =
        reason.hasPrefix("\(name):") && reason.contains(String(cString: strerror(ENOENT)))
      if !isMissing, refusal == nil { refusal = .cannotLoad(name, reason) }
    }
    throw refusal ?? .notFound(names)
  }

  private static func open(path: String) throws(LLVMError) -> Library {
    guard let handle = dlopen(path, openFlags) else { throw .cannotOpen(path, loaderReason) }
    return try Library(handle: handle, path: path)
  }

  /// Why the loader could not open a library just now.
  private static var loaderReason: String {
    dlerror().map { String(cString: $0) } ?? "the loader gives no reason"
  }

  // Local, so that none of LLVM's 37,000 names can take the place of another library's.
  private static let openFlags = RTLD_LAZY | RTLD_LOCAL

  private convenience init(handle: UnsafeMutableRawPointer, path: String) throws(LLVMError) {
    // The version is asked first: another version may lack other functions of the table.
    guard let symbol = dlsym(handle, "LLVMGetVersion") else { throw .wrongVersion(path, nil) }
    typealias GetVersion =
      @convention(c) (
        UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>
      ) -> Void
    var (major, minor, patch) = (UInt32(0), UInt32(0), UInt32(0))
    // SAFETY: this is the function's prototype in every version that has it.
    unsafeBitCast(symbol, to: GetVersion.self)(&major, &minor, &patch)
    let version = "\(major).\(minor).\(patch)"
    guard Release.accepted.contains(where: { $0.major == major }) else {
      throw .wrongVersion(path, version)
    }

    let table = UnsafeMutablePointer<LLVMFunctions>.allocate(capacity: 1)
    defer { table.deallocate() }
    if let missing = LLVMFunctionsFill(table, handle) {
      throw .missingFunction(path, String(cString: missing))
    }
    var origin = LLVMAddressInfo()
    let isKnown = LLVMGetAddressInfo(symbol, &origin) != 0
    self.init(
      functions: table.pointee, version: version,
      path: isKnown ? origin.file.map { String(cString: $0) } : nil)
  }
}

extension Library {
  /// Returns the text of `message` and frees it (`LLVMDisposeMessage`).
  func take(_ message: UnsafeMutablePointer<CChar>?) -> String {
    guard let message else { return "LLVM gives no reason" }
    defer { functions.LLVMDisposeMessage(message) }
    return String(cString: message)
  }

  /// Returns the text of `error`, which is consumed (`LLVMGetErrorMessage`).
  func take(error: OpaquePointer) -> String {
    let message = functions.LLVMGetErrorMessage(error)
    defer { functions.LLVMDisposeErrorMessage(message) }
    return String(cString: message)
  }
}
