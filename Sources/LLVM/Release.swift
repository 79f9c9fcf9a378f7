/// A release of LLVM that Martlet runs with.
struct Release: Sendable {
  /// The version's first number; the C interface is the same throughout.
  let major: UInt32

  /// The names that distributions give the library, tried in order.
  let fileNames: [String]

  /// The Debian package that holds it.
  let package: String
}

extension Release {
  /// Every release whose C interface the table of `CLLVM.h` was checked against, the best first.
  static let accepted = [
    Release(
      major: 19, fileNames: ["libLLVM.so.19.1", "libLLVM-19.so.1", "libLLVM-19.so"],
      package: "libllvm19")
  ]
}
