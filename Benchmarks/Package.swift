// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

// The limits have to be the best that C can do on the very machine that Martlet compiles for, hence its own
// instructions; they are in no program but the benchmarks. Only a root package may ask for such flags, which is
// one reason why the benchmarks are one.
func native(_ more: [String] = []) -> [CSetting] {
  [.unsafeFlags(["-O3", "-march=native"] + more)]
}

#if arch(x86_64)
  let narrow = native(["-mprefer-vector-width=256"]), wide = native(["-mprefer-vector-width=512"])
#else
  let narrow = native(), wide = native()
#endif

let package = Package(
  name: "martlet-benchmarks",
  dependencies: [
    .package(name: "martlet", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
  ],
  targets: [
    // What a careful person writes in C: the limit that Martlet is measured against.
    .target(
      name: "CLimits", exclude: ["kernels.inc", "kernels.h", "loops.inc", "vectors.inc"],
      cSettings: native()),
    .target(name: "CLimits256", dependencies: ["CLimits"], cSettings: narrow),
    .target(name: "CLimits512", dependencies: ["CLimits"], cSettings: wide),
    .target(name: "CLimits1024", dependencies: ["CLimits"], cSettings: wide),
    .systemLibrary(
      name: "CDirectBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),

    // What Martlet computes in each row; the tests of Martlet's own package read it too.
    .target(
      name: "Workloads", dependencies: [.product(name: "Martlet", package: "martlet")],
      swiftSettings: strict),

    .target(
      name: "Measuring",
      dependencies: [.product(name: "Martlet", package: "martlet"), "CDirectBLAS"],
      swiftSettings: strict),
    .executableTarget(
      name: "matmul",
      dependencies: [
        "Measuring", "Workloads", "Limits", .product(name: "Martlet", package: "martlet"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .target(
      name: "Limits",
      dependencies: [
        "Workloads", "Measuring", "CLimits", "CLimits256", "CLimits512", "CLimits1024",
        .product(name: "Martlet", package: "martlet"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "scoreboard",
      dependencies: [
        "Measuring", "Workloads", "Limits",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    .executableTarget(
      name: "compilation",
      dependencies: [
        "Measuring", .product(name: "Martlet", package: "martlet"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // Fail when Martlet falls behind the instructions and ratios in Thresholds. The plugin wants them
    // directly in this folder.
    .executableTarget(
      name: "guard-code",
      dependencies: [
        "Workloads", .product(name: "Martlet", package: "martlet"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "GuardCode", swiftSettings: strict,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    .executableTarget(
      name: "guard-ratios",
      dependencies: [
        "Measuring", "Workloads", "Limits", .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "GuardRatios", swiftSettings: strict,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ],
  swiftLanguageModes: [.v6]
)
