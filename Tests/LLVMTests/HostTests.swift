import Testing

@testable import LLVM

@Suite("The processor that code is made for")
struct HostTests {
  @Test(
    "Vector width follows from the features",
    arguments: [
      ("", 16, false),
      ("+sse2,-avx,-avx2,-fma", 16, false),
      ("+avx,+fma,-avx2", 16, true),
      ("+avx,+avx2,-fma", 16, false),
      ("+avx2,+fma", 32, true),
      ("+avx2,+fma,+avx512f,-avx512vl,+avx512bw,+avx512dq", 32, true),
      ("+avx2,+fma,+avx512f,+avx512vl,+avx512bw,+avx512dq", 64, true),
    ])
  func widths(features: String, vectorByteCount: Int, hasFMA: Bool) {
    let host = Host(
      triple: "x86_64-pc-linux-gnu", cpuName: "any", features: features,
      has: Host.enabled(in: features))
    #expect(host.vectorByteCount == vectorByteCount)
    #expect(host.hasFMA == hasFMA)
    #expect(host.hasAVX512 == (vectorByteCount == 64))
  }

  @Test("A 64-bit Arm processor has 16-byte vectors and fused multiply-add")
  func arm() {
    let host = Host(triple: "aarch64-linux-gnu", cpuName: "any", features: "+neon", has: ["neon"])
    #expect(host.vectorByteCount == 16)
    #expect(host.hasFMA)
  }

  @Test("LLVM names the processor at hand")
  func detected() throws {
    let host = try Host.detect(with: .shared(), override: nil)
    #expect(!host.cpuName.isEmpty)
    #expect(host.features.contains("+"))
    #expect([16, 32, 64].contains(host.vectorByteCount))
  }

  @Test("The oldest processor may be named everywhere, and its code runs")
  func named() throws {
    let library = try Library.shared()
    let host = try Host.detect(with: library, override: "x86-64")
    #expect(host.vectorByteCount == 16)
    #expect(!host.hasFMA)
    let code = try JIT(library: library, host: host).compile(
      ir: PiKernel.text(), name: "pi", symbols: ["pi_hits"])
    let (x, y) = PiKernel.points(1000)
    #expect(PiKernel.hits(try code.address(of: "pi_hits"), x, y) == PiKernel.expectedHits(x, y))
  }

  @Test(
    "Every processor of the table makes code without a word from LLVM",
    arguments: Processor.all.map(\.name))
  func table(name: String) throws {
    let library = try Library.shared()
    let all = Set(Processor.all.flatMap(\.features))
    let host = try Host.named(name, triple: "x86_64-pc-linux-gnu", present: all)
    let assembly = try JIT(library: library, host: host).assembly(ir: PiKernel.text(), name: "pi")
    #expect(assembly.contains("zmm") == (host.vectorByteCount == 64))
    #expect(assembly.contains("ymm") == (host.vectorByteCount >= 32))
    #expect(assembly.contains("vfmadd") == host.hasFMA)
  }

  @Test("A processor that the table does not know")
  func unknown() {
    #expect(throws: LLVMError.unknownProcessor("pentium")) {
      try Host.named("pentium", triple: "x86_64-pc-linux-gnu", present: [])
    }
    #expect(
      LLVMError.unknownProcessor("pentium").description
        == "llvm: the processor, as in MARTLET_CPU, must be one of x86-64, x86-64-v2, x86-64-v3, "
        + "haswell, x86-64-v4, skylake-avx512; got 'pentium'")
  }

  @Test("A processor whose code could not run here")
  func tooNew() {
    #expect(throws: LLVMError.processorTooNew("haswell", lacking: ["avx2", "fma"])) {
      try Host.named(
        "haswell", triple: "x86_64-pc-linux-gnu",
        present: ["sse4.2", "popcnt", "cx16", "bmi", "bmi2", "lzcnt", "movbe", "f16c"])
    }
    #expect(
      LLVMError.processorTooNew("haswell", lacking: ["avx2", "fma"]).description
        == "llvm: MARTLET_CPU is 'haswell', whose code needs avx2, fma; "
        + "this processor has no such instructions")
  }
}
