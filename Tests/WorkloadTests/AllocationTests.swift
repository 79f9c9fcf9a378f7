import Arrays
import CAllocations
import CPUBackend
import Martlet
import ScoreboardWorkloads
import Testing

/// Each test has a process of its own, in which nobody else asks for memory.
@Suite("The memory of the scoreboard's rows")
struct AllocationTests {
  @Test("Repeated calls allocate nothing but their results", .timeLimit(.minutes(10)))
  func repeatedCalls() async {
    await #expect(processExitsWith: .success) {
      reporting(Workload.all) { workload in
        let arrays = workload.zeroArrays()
        let first = try workload.firstFunction(threads: 1)
        let result = allocations(of: try first.call(with: arrays))
        let calls = try countedCalls { try first.call(with: arrays) }
        #expect(calls == result, "\(workload.name)'s first result")
        for threads in [1, 2] {
          let all = try workload.function(threads: threads)
          // With two calls of OpenBLAS at once: it keeps what each of them packs operands into. On a busy
          // machine the second thread may take its time.
          let patience = workload.isProduct && threads > 1 ? Duration.seconds(2) : .zero
          let end = ContinuousClock.now + patience
          _ = try (0...).contains {
            try AwakeTeam.helps { try all.call(with: arrays) }.isHelped
              || $0 >= 20 && ContinuousClock.now > end
          }
          // The list is handed to the caller, too.
          let expected = try all.call(with: arrays).reduce(1) { $0 + allocations(of: $1) }
          let calls = try countedCalls { try all.call(with: arrays) }
          #expect(calls == expected, "\(workload.name), \(threads) threads")
        }
      }
    }
  }
}

extension Workload {
  /// Whether OpenBLAS does the work.
  fileprivate var isProduct: Bool { if case .directBLAS = rival { true } else { false } }
}

/// How often making an array asks for memory when the pools have what they keep: for the object,
/// and for the bytes of small ones.
private func allocations(of array: NDArray) -> Int {
  1 + (array.count * array.dtype.byteCount < 1 << 15 ? 1 : 0)
}

/// How often a call asks for memory.
private func countedCalls<Result>(_ call: () throws -> Result) rethrows -> Int {
  allocations_reset()
  let result = try call()
  return withExtendedLifetime(result) { allocations_now().calls }
}
