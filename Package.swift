// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is built with.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// For the modules that hold no unsafe code.
let safe = strict + [.strictMemorySafety()]

let package = Package(
  name: "martlet",
  products: [
    .library(name: "Martlet", targets: ["Martlet"]),
    .executable(name: "martlet", targets: ["MartletCommand"]),
    .executable(name: "monte-carlo-pi", targets: ["monte-carlo-pi"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    // The way through the house, in order; imports point upwards only.
    .target(name: "Arrays", swiftSettings: strict),
    .target(name: "Scalars", dependencies: ["Arrays"], swiftSettings: safe),
    .target(
      name: "SymbolicGraph", dependencies: ["Arrays", "Scalars", "CProcessor"], swiftSettings: safe),
    .target(name: "KernelIR", dependencies: ["Arrays", "Scalars"], swiftSettings: safe),
    .target(
      name: "GraphOptimizer", dependencies: ["Arrays", "Scalars", "SymbolicGraph", "KernelIR"],
      swiftSettings: safe),
    .target(
      name: "ReferenceBackend", dependencies: ["Arrays", "Scalars", "SymbolicGraph"],
      swiftSettings: strict),
    .target(
      name: "Inspection",
      dependencies: ["Arrays", "Scalars", "SymbolicGraph", "KernelIR", "GraphOptimizer"],
      swiftSettings: safe),
    .target(name: "LLVM", dependencies: ["CLLVM"], swiftSettings: strict),
    .target(
      name: "CPUBackend",
      dependencies: [
        "Arrays", "Scalars", "KernelIR", "LLVM", "COpenBLAS", "CLAPACKE", "CProcessor",
      ],
      swiftSettings: strict),
    .target(name: "Profiling", swiftSettings: safe),
    .target(
      name: "MachineLimits", dependencies: ["Arrays", "CPUBackend", "LLVM"], swiftSettings: strict),
    .target(
      name: "Martlet",
      dependencies: [
        "Arrays", "Scalars", "SymbolicGraph", "KernelIR", "GraphOptimizer", "Inspection",
        "ReferenceBackend", "CPUBackend", "MachineLimits", "Profiling",
      ],
      swiftSettings: strict),

    // The language of `martlet eval`.
    .target(
      name: "Expressions", dependencies: ["Arrays", "Scalars", "SymbolicGraph"],
      swiftSettings: safe),

    // C prototypes and system libraries: headers and module maps, nothing else.
    .target(name: "CLLVM"),
    .target(name: "CProcessor"),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CLAPACKE", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),

    // Programs. The command's module and the library's must differ by more than case.
    .executableTarget(
      name: "MartletCommand",
      dependencies: [
        "Martlet", "MachineLimits", "Inspection", "Arrays", "CPUBackend", "CProcessor", "LLVM",
        "Expressions",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "monte-carlo-pi",
      dependencies: [
        "Martlet", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/Examples/monte-carlo-pi", swiftSettings: strict),
    .executableTarget(
      name: "tour", dependencies: ["Martlet"], path: "Sources/Examples/tour", swiftSettings: strict),

    // Tests.
    .target(
      name: "TestSupport",
      dependencies: ["Arrays", "Scalars", "SymbolicGraph", "ReferenceBackend"],
      path: "Tests/TestSupport", swiftSettings: strict),
    // Counts what the process allocates.
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    // Calls with frames that a compiler would not make.
    .target(name: "CFrames", path: "Tests/CFrames"),
    // Which core a thread runs on.
    .target(name: "CCores", path: "Tests/CCores"),
    // The rows of the scoreboard, which are the benchmarks' too.
    .target(
      name: "ScoreboardWorkloads", dependencies: ["Martlet"], path: "Benchmarks/Sources/Workloads",
      swiftSettings: strict),
    .testTarget(
      name: "WorkloadTests",
      dependencies: [
        "ScoreboardWorkloads", "Martlet", "GraphOptimizer", "CPUBackend", "KernelIR", "Arrays",
        "CAllocations", "CCores",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "Martlet", "CPUBackend", "GraphOptimizer", "TestSupport", "Arrays", "Scalars",
        "SymbolicGraph", "ReferenceBackend",
      ],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "ArraysTests", dependencies: ["Arrays"], exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(name: "ScalarsTests", dependencies: ["Scalars", "Arrays"], swiftSettings: strict),
    .testTarget(
      name: "ReferenceBackendTests",
      dependencies: ["ReferenceBackend", "Arrays", "Scalars", "SymbolicGraph"],
      swiftSettings: strict),
    .testTarget(
      name: "KernelIRTests", dependencies: ["KernelIR", "Arrays", "Scalars"], swiftSettings: strict),
    .testTarget(
      name: "CPUBackendTests",
      dependencies: ["CPUBackend", "Arrays", "KernelIR", "LLVM", "Scalars", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "SymbolicGraphTests", dependencies: ["SymbolicGraph", "Scalars", "Arrays", "CFrames"],
      swiftSettings: strict),
    .testTarget(
      name: "MartletTests",
      dependencies: ["Martlet", "ReferenceBackend", "SymbolicGraph", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "GoldenTests", dependencies: ["Martlet", "GraphOptimizer", "TestSupport"],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "GraphOptimizerTests",
      dependencies: [
        "GraphOptimizer", "ReferenceBackend", "SymbolicGraph", "Scalars", "Arrays", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ExpressionsTests",
      dependencies: ["Expressions", "Martlet", "Arrays", "SymbolicGraph", "TestSupport"],
      exclude: ["Fixtures", "Golden"], swiftSettings: strict),
    .testTarget(
      name: "InspectionTests",
      dependencies: [
        "Inspection", "Martlet", "GraphOptimizer", "SymbolicGraph", "Scalars", "Arrays",
        "TestSupport",
      ],
      exclude: ["Golden", "Theano"], swiftSettings: strict),
    // Programs that go wrong at the call; a test runs them built for debugging and for release.
    .executableTarget(
      name: "planted-mistakes", dependencies: ["Martlet"], path: "Tests/PlantedMistakes",
      swiftSettings: strict),
    .testTarget(
      name: "PackageTests",
      dependencies: [
        "Martlet", "MartletCommand", "monte-carlo-pi", "planted-mistakes", "TestSupport",
      ],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "MachineLimitsTests", dependencies: ["MachineLimits", "Arrays", "CPUBackend", "LLVM"],
      swiftSettings: strict),
    .testTarget(
      name: "MartletCommandTests",
      dependencies: [
        "MartletCommand", "Martlet", "Inspection", "CPUBackend", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "ProfilingTests", dependencies: ["Profiling", "Martlet", "TestSupport"],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(name: "LLVMTests", dependencies: ["LLVM"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
