/// A processor that `MARTLET_CPU` may name, so that code for narrow vectors can be tried anywhere.
///
/// The list is closed because LLVM answers a name it does not know with a line on standard error
/// and code for the oldest processor.
struct Processor: Sendable {
  /// LLVM's name.
  let name: String

  /// The features in LLVM's spelling that its code relies on and that not every processor has.
  let features: [String]

  private init(_ name: String, _ features: [String]) {
    self.name = name
    self.features = features
  }
}

extension Processor {
  /// Every processor that may be named on this architecture, the narrowest first.
  static var all: [Processor] {
    #if arch(x86_64)
      x86
    #else
      [Processor("generic", [])]
    #endif
  }

  // swift-format-ignore
  private static let x86 = [
    Processor("x86-64",         []),
    Processor("x86-64-v2",      sse4),
    Processor("x86-64-v3",      avx2),
    Processor("haswell",        avx2),
    Processor("x86-64-v4",      avx2 + ["avx512cd"] + avx512),
    Processor("skylake-avx512", avx2 + ["avx512cd", "adx", "clflushopt", "clwb"] + avx512),
  ]

  /// What 64-byte vectors of every element type take.
  static let avx512 = ["avx512f", "avx512bw", "avx512dq", "avx512vl"]

  private static let sse4 = ["sse4.2", "popcnt", "cx16"]
  private static let avx2 = sse4 + ["avx2", "fma", "bmi", "bmi2", "lzcnt", "movbe", "f16c"]
}
