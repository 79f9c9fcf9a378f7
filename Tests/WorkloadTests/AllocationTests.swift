import Arrays
import CAllocations
import CPUBackend
import Martlet
import ScoreboardWorkloads
import Testing

/// Each test has a process of its own, in which nobody else asks for memory.
@Suite("The memory of the scoreboard's rows")
struct AllocationTests {
  @Test("Repeated calls allocate nothing but their results", .timeLimit(.minutes(30)))
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
          _ = try (0..<20).contains { _ in
            try AwakeTeam.helps { try all.call(with: arrays) }.isHelped
          }
          // The list is handed to the caller, too.
          let expected = try all.call(with: arrays).reduce(1) { $0 + allocations(of: $1) }
          // OpenBLAS keeps what a thread packs operands into, but asks for it when the thread first
          // comes at the same time as another, which on a busy machine may be at any call.
          let tries = workload.isProduct && threads > 1 ? threads + 1 : 1
          let counts = try (0..<tries).map { _ in
            try countedCalls { try all.call(with: arrays) }
          }
          #expect(counts.min() == expected, "\(workload.name), \(threads) threads")
        }
      }
    }
  }

  @Test("Sums of any length do, whether their parts wait on the stack or not")
  func sums() async {
    await #expect(processExitsWith: .success) {
      let x = Tensor.vector("x", .float32)
      for threads in [1, 2] {
        let sum = try Session(threads: threads).function([x], [x.sum(), x.max()])
        for count in [1 << 14, 700_000, 900_000, 1_000_000, 1_040_000, 1_100_000, 3_000_000] {
          let arrays = [NDArray.zeros(.float32, shape: [count])]
          _ = try (0..<20).contains { _ in
            try AwakeTeam.helps { try sum.call(with: arrays) }.isHelped
          }
          let expected = try sum.call(with: arrays).reduce(1) { $0 + allocations(of: $1) }
          let calls = try countedCalls { try sum.call(with: arrays) }
          #expect(calls == expected, "\(count), \(threads)")
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
