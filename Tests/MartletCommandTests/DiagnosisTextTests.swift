import Foundation
import Testing

@testable import MartletCommand

/// How the doctor's findings read.
@Suite struct DiagnosisTextTests {
  private static let diagnosis = Diagnosis(
    processor: Diagnosis.Processor(
      name: "Imagined 9", family: 26, model: 2, llvmName: "znver5", vectorBytes: 64,
      hasFusedMultiplyAdd: true,
      caches: [
        Diagnosis.Level(level: 1, bytes: 49_152, sharedBy: 1),
        Diagnosis.Level(level: 2, bytes: 1 << 20, sharedBy: 1),
      ]),
    threads: Diagnosis.Threads(budget: 2, affinity: 4, quota: 3, variable: "OMP_NUM_THREADS=2"),
    llvm: Diagnosis.LLVMLibrary(version: "19.1.7", path: "/lib/libLLVM.so"),
    blas: Diagnosis.BLASLibrary(
      version: "OpenBLAS 0.3.21", configuration: "OpenBLAS 0.3.21 DYNAMIC_ARCH", core: "SkylakeX",
      chosenCore: "Haswell"),
    cache: Diagnosis.Cache(
      path: "/home/a/.cache/martlet", files: 3, bytes: 150_000, limitBytes: 256 << 20,
      isWritable: true),
    memoryBytes: 8 << 30,
    limits: Diagnosis.Limits(
      source: "machine code for znver5, 64-byte vectors",
      memory: [
        Diagnosis.Memory(
          place: "L1", workingSetBytes: 24_576, threads: 1, read: 434e9, copy: 451.5e9,
          write: 243.7e9),
        Diagnosis.Memory(
          place: "memory", workingSetBytes: 128 << 20, threads: 2, read: 54.2e9, copy: 63.5e9,
          write: 44.2e9),
      ],
      arithmetic: [
        Diagnosis.Arithmetic(
          threads: 1,
          operations: [
            "float32": 256e9, "float64": 128e9, "int8": 1045e9, "int16": 520e9, "int32": 260e9,
            "int64": 130e9,
          ])
      ], othersCores: 0.1),
    findings: [])

  @Test("A report in full")
  func whole() {
    #expect(
      Self.diagnosis.text(.plain) == """
        processor  Imagined 9 (znver5), 64-byte vectors, L1 48 KiB, L2 1 MiB
        threads    2: 4 cores in the affinity mask, 3 cores granted by control groups, OMP_NUM_THREADS=2
        LLVM       19.1.7, /lib/libLLVM.so
        BLAS       OpenBLAS 0.3.21, kernels for SkylakeX, in place of Haswell
        cache      /home/a/.cache/martlet, 3 files, 146 KiB of 256 MiB
        memory     8 GiB

        limits, measured by machine code for znver5, 64-byte vectors
        GB/s    threads  working set     read     copy    write
        L1            1       24 KiB    434.0    451.5    243.7
        memory        2      128 MiB     54.2     63.5     44.2

        billion operations/s  threads  float32  float64     int8    int16    int32    int64
                                    1    256.0    128.0   1045.0    520.0    260.0    130.0

        all is well
        """)
  }

  @Test("A report of a machine that lacks everything")
  func bare() {
    var diagnosis = Self.diagnosis
    diagnosis.processor = Diagnosis.Processor(name: "unknown", family: 0, model: 0, caches: [])
    diagnosis.threads = Diagnosis.Threads(budget: 1, affinity: 1)
    diagnosis.llvm = Diagnosis.LLVMLibrary(error: "llvm: the library was not found")
    diagnosis.cache = Diagnosis.Cache(files: 0, bytes: 0, limitBytes: 0, isWritable: false)
    diagnosis.limits = nil
    diagnosis.findings = [
      .llvm(
        "llvm: the library was not found; looked for libLLVM.so\n  apt-get install libllvm19 provides it",
        environment: [:])
    ]
    #expect(diagnosis.isIll)
    #expect(
      diagnosis.text(.plain) == """
        processor  unknown
        threads    1: 1 core in the affinity mask
        LLVM       none
        BLAS       OpenBLAS 0.3.21, kernels for SkylakeX, in place of Haswell
        cache      off
        memory     8 GiB

        wrong: llvm: the library was not found; looked for libLLVM.so; functions run on the reference back \
        end, which is slow
          sudo apt-get install libllvm19
        """)
  }

  @Test("Colours are marks around the same words")
  func colors() {
    let colored = Self.diagnosis.text(.colored)
    #expect(colored.contains("\u{1B}[32mall is well\u{1B}[0m"))
    #expect(colored.replacing(/\u{1B}\[\d+m/, with: "") == Self.diagnosis.text(.plain))
  }

  @Test("JSON holds what was found, and is read back")
  func json() throws {
    let data = try JSONEncoder().encode(Self.diagnosis)
    #expect(try JSONDecoder().decode(Diagnosis.self, from: data) == Self.diagnosis)
  }
}
