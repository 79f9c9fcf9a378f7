import Testing

@testable import CPUBackend
@testable import MartletCommand

/// What may be wrong, word for word, with the line that mends it.
@Suite struct FindingTests {
  private typealias Finding = Diagnosis.Finding

  private func text(_ findings: [Diagnosis.Finding]) -> [String] {
    findings.map { "\($0.severity.rawValue): \($0.text)" + ($0.mend.map { " | \($0)" } ?? "") }
  }

  @Test("LLVM: a variable that keeps it away is to be unset, a package that lacks installed")
  func llvm() {
    #expect(
      text([
        .llvm(
          "llvm: MARTLET_LLVM is 'none', so no library is opened",
          environment: ["MARTLET_LLVM": "none"]),
        .llvm("llvm: MARTLET_CPU must be one of a, b; got 'c'", environment: ["MARTLET_CPU": "c"]),
        .llvm("llvm: the JIT cannot start\n  no memory", environment: [:]),
      ]) == [
        "wrong: llvm: MARTLET_LLVM is 'none', so no library is opened; functions run on the reference back "
          + "end, which is slow | unset MARTLET_LLVM",
        "wrong: llvm: MARTLET_CPU must be one of a, b; got 'c'; functions run on the reference back end, "
          + "which is slow | unset MARTLET_CPU",
        "wrong: llvm: the JIT cannot start; functions run on the reference back end, which is slow",
      ])
  }

  private func report(core: String, better: String?, variable: String? = nil) -> BLASReport {
    BLASReport(
      configuration: "OpenBLAS 0.3.21", core: core, chosenCore: core, betterCore: better,
      variable: variable)
  }

  @Test("BLAS: kernels that are too old for the processor")
  func blas() {
    #expect(Finding.blas(report(core: "SkylakeX", better: nil)).isEmpty)
    #expect(Finding.blas(report(core: "SkylakeX", better: nil, variable: "SkylakeX")).isEmpty)
    #expect(
      text(Finding.blas(report(core: "Haswell", better: "SkylakeX", variable: "Haswell"))) == [
        "wrong: OPENBLAS_CORETYPE is 'Haswell', so OpenBLAS uses its kernels for Haswell; those for SkylakeX "
          + "are the fastest it has for this processor | unset OPENBLAS_CORETYPE"
      ])
    #expect(
      text(Finding.blas(report(core: "Nehalem", better: "SkylakeX"))) == [
        "wrong: OpenBLAS has no kernels but those for Nehalem; those for SkylakeX would suit this processor "
          + "| sudo apt-get install libopenblas0-pthread"
      ])
  }

  private func threads(_ affinity: Int, _ quota: Int?, _ budget: Int, _ variable: String?)
    -> [String]
  {
    text(
      Finding.threads(
        ThreadReport(
          affinity: affinity, quota: quota, budget: budget,
          variable: variable.map { ThreadReport.Variable(name: $0, value: "\(budget)") })))
  }

  @Test("Threads: too few, too many, and what a container grants")
  func threadCounts() {
    #expect(threads(4, nil, 4, nil).isEmpty)
    #expect(threads(4, nil, 4, "OMP_NUM_THREADS").isEmpty)
    #expect(threads(4, 9, 4, nil).isEmpty)
    #expect(
      threads(4, nil, 1, "OMP_NUM_THREADS") == [
        "advice: OMP_NUM_THREADS=1 keeps calls from using more than 1 of 4 cores | unset OMP_NUM_THREADS"
      ])
    #expect(
      threads(8, 2, 6, "MARTLET_NUM_THREADS") == [
        "wrong: MARTLET_NUM_THREADS=6 asks for 6 threads on 2 cores, which get in each other's way "
          + "| unset MARTLET_NUM_THREADS",
        "advice: control groups grant 2 of 8 cores, in a container through its limit on CPUs",
      ])
  }

  @Test("The cache: off, of no use, or with damaged files; and a machine that is busy")
  func rest() {
    #expect(Finding.cache("/a", problem: nil).isEmpty)
    #expect(
      text(Finding.cache(nil, problem: nil)) == [
        "advice: the cache is off, so every process compiles its kernels again, at some milliseconds each "
          + "| unset MARTLET_CACHE"
      ])
    #expect(
      text(Finding.cache("/a", problem: "it is not a folder")) == [
        "wrong: the cache in '/a' cannot be used: it is not a folder; every process compiles its kernels again "
          + "| export MARTLET_CACHE=/a/folder/that/can/be/written"
      ])
    #expect(
      text(Finding.damaged(0) + Finding.damaged(1) + Finding.damaged(2)) == [
        "advice: 1 file of the cache is damaged and will be replaced when needed | martlet cache verify --remove",
        "advice: 2 files of the cache are damaged and will be replaced when needed | martlet cache verify --remove",
      ])
    #expect(
      text(Finding.load(0.2) + Finding.load(1.234)) == [
        "advice: other processes kept 1.2 cores busy meanwhile, so the limits may be too low; ask again when "
          + "the machine is quiet"
      ])
  }
}
