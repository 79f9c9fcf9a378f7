internal import CLLVM
internal import Glibc

/// The processor that code is made for, as far as it decides how code is written.
package struct Host: Sendable, Equatable {
  /// The target, as `x86_64-pc-linux-gnu`.
  package let triple: String

  /// LLVM's name of the processor, as `znver4`.
  package let cpuName: String

  /// What the processor has beyond or short of its name, as `+avx2,-avx512f`; empty where the name
  /// says it all.
  package let features: String

  /// The widest vector worth using: 64 with AVX-512, 32 with AVX2 and FMA, 16 otherwise.
  package let vectorByteCount: Int

  /// Whether a fused multiply-add is one instruction; without it each becomes a library call.
  package let hasFMA: Bool

  /// Whether masked 64-byte vectors exist, with the instructions for all element types.
  package var hasAVX512: Bool { vectorByteCount == 64 }

  /// Describes a processor as an earlier process has found it.
  package init(
    triple: String, cpuName: String, features: String, vectorByteCount: Int, hasFMA: Bool
  ) {
    (self.triple, self.cpuName, self.features) = (triple, cpuName, features)
    (self.vectorByteCount, self.hasFMA) = (vectorByteCount, hasFMA)
  }

  /// Describes a processor by LLVM's words for it.
  init(triple: String, cpuName: String, features: String, has: Set<String>) {
    self.triple = triple
    self.cpuName = cpuName
    self.features = features
    if triple.hasPrefix("aarch64") {
      hasFMA = true
      vectorByteCount = 16
    } else {
      hasFMA = has.contains("fma")
      let isWide = has.contains("avx2") && hasFMA
      vectorByteCount = isWide && has.isSuperset(of: Processor.avx512) ? 64 : isWide ? 32 : 16
    }
  }
}

extension Host {
  /// The processor this process runs on, or the one that `MARTLET_CPU` names in its place.
  package static func detect(with library: Library) throws(LLVMError) -> Host {
    try detect(with: library, override: getenv("MARTLET_CPU").map { String(cString: $0) })
  }

  /// Asks LLVM for the triple, the name and the features (`LLVMGetDefaultTargetTriple`,
  /// `LLVMGetHostCPUName`, `LLVMGetHostCPUFeatures`), unless `override` names a processor.
  static func detect(with library: Library, override: String?) throws(LLVMError) -> Host {
    let functions = library.functions
    let triple = library.take(functions.LLVMGetDefaultTargetTriple())
    let features = library.take(functions.LLVMGetHostCPUFeatures())
    let present = enabled(in: features)
    guard let override, !override.isEmpty else {
      let name = library.take(functions.LLVMGetHostCPUName())
      return Host(triple: triple, cpuName: name, features: features, has: present)
    }
    return try named(override, triple: triple, present: present)
  }

  /// The processor that the table calls `name`, whose code can be read here, if not run.
  package static func named(_ name: String, with library: Library) throws(LLVMError) -> Host {
    try named(name, triple: library.take(library.functions.LLVMGetDefaultTargetTriple()))
  }

  /// The processor that the table calls `name`, provided that one which has `present`, if that is
  /// given, can run it.
  static func named(
    _ name: String, triple: String, present: Set<String>? = nil
  ) throws(LLVMError) -> Host {
    guard let processor = Processor.all.first(where: { $0.name == name }) else {
      throw .unknownProcessor(name)
    }
    let lacking = present.map { present in processor.features.filter { !present.contains($0) } }
    if let lacking, !lacking.isEmpty { throw .processorTooNew(name, lacking: lacking) }
    return Host(triple: triple, cpuName: name, features: "", has: Set(processor.features))
  }

  /// The names that `features`, a list such as `+avx2,-avx512f`, switches on.
  static func enabled(in features: String) -> Set<String> {
    Set(features.split(separator: ",").filter { $0.hasPrefix("+") }.map { String($0.dropFirst()) })
  }
}
