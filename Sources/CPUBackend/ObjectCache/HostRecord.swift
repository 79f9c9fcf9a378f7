import CProcessor
import Glibc
package import LLVM

/// What LLVM says of this processor, and which LLVM says it: kept, so that a process which finds
/// all of its kernels in the cache need not open LLVM, which takes 11 ms.
package struct HostRecord: Sendable, Equatable {
  /// The processor.
  package let host: Host
  /// LLVM's version.
  let version: String
  /// The file of the library, with its size and the time of its last change.
  let library: String

  /// Asks an opened LLVM; nil when its file cannot be told.
  init?(of jit: JIT) {
    guard let path = jit.library.path, let library = Self.describe(path) else { return nil }
    (host, version, self.library) = (jit.host, jit.library.version, library)
  }

  init(host: Host, version: String, library: String) {
    (self.host, self.version, self.library) = (host, version, library)
  }

  /// Returns what is kept for this processor and these variables, if LLVM's file is still the same.
  static func find(in folder: CacheFolder) -> HostRecord? {
    guard let answer = folder.answer(to: question) else { return nil }
    let lines = String(decoding: answer, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count == 7, let byteCount = Int(lines[3]) else { return nil }
    let host = Host(
      triple: lines[0], cpuName: lines[1], features: lines[2], vectorByteCount: byteCount,
      hasFMA: lines[4] == "fma")
    let library = lines[6]
    let path = String(library.prefix { $0 != "\t" })
    guard describe(path) == library else { return nil }
    return HostRecord(host: host, version: lines[5], library: library)
  }

  /// Keeps it for later processes.
  func keep(in folder: CacheFolder) {
    let lines = [
      host.triple, host.cpuName, host.features, "\(host.vectorByteCount)",
      host.hasFMA ? "fma" : "", version, library,
    ]
    guard lines.allSatisfy({ !$0.contains("\n") }) else { return }
    folder.keep(Array(lines.joined(separator: "\n").utf8), for: Self.question)
  }

  /// What the answer depends on, apart from the library: what the processor says of itself, the
  /// variables that LLVM and the processor are chosen by, and what is accepted.
  private static var question: [UInt8] {
    let signature = withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
      let count = processor_signature(words.baseAddress, Int32(words.count))
      return words.prefix(Int(count)).map { String($0, radix: 16) }
    }
    let variables = ["MARTLET_LLVM", "MARTLET_CPU"].map { (name: String) in
      getenv(name).map { String(cString: $0) } ?? ""
    }
    let parts = [["host", JIT.recipe], variables, signature].joined()
    return Array(parts.joined(separator: "\n").utf8)
  }

  private static func describe(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    let change = status.st_mtim
    return "\(path)\t\(status.st_size)\t\(change.tv_sec).\(change.tv_nsec)\t\(status.st_ino)"
  }
}
