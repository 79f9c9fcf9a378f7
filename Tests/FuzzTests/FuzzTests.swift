import Foundation
import TestSupport
import Testing

@Suite("Random graphs")
struct FuzzTests {
  /// How many graphs run, from which seed on: `make fuzz GRAPHS=n SEED=s` sets both.
  private static let graphCount = number("MARTLET_FUZZ_GRAPHS") ?? 2_000
  private static let firstSeed = number("MARTLET_FUZZ_SEED") ?? 0
  /// How many run side by side.
  private static let workerCount = min(4, ProcessInfo.processInfo.activeProcessorCount)

  /// What is compared; `MARTLET_FUZZ_WITHOUT=pow,erf` leaves out graphs with these operations, and
  /// `MARTLET_FUZZ_FAILURES=n` goes on after a failure.
  private static let fuzzer = {
    var fuzzer = Fuzzer(executors)
    fuzzer.failureLimit = number("MARTLET_FUZZ_FAILURES").map { Int($0) } ?? 1
    let without = ProcessInfo.processInfo.environment["MARTLET_FUZZ_WITHOUT"] ?? ""
    fuzzer.excluded = Set(without.split(separator: ",").map(String.init))
    return fuzzer
  }()

  private static func number(_ variable: String) -> UInt64? {
    ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) }
  }

  @Test("Every back end computes what the reference back end does, up to rounding")
  func agreement() async throws {
    let coverage = try await withThrowingTaskGroup(of: Coverage.self) { group in
      for worker in 0..<Self.workerCount {
        let seeds = stride(
          from: Self.firstSeed + UInt64(worker), to: Self.firstSeed + Self.graphCount,
          by: Self.workerCount)
        group.addTask { try Self.fuzzer.run(seeds, worker: worker) }
      }
      return try await group.reduce(into: Coverage()) { $0 += $1 }
    }
    print("fuzz: \(coverage)")
  }
}
