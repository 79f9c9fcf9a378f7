import Arrays
import CAllocations
import CPUBackend
import GraphOptimizer
import KernelIR
import ScoreboardWorkloads
import Testing

@testable import Martlet

@Suite("The most memory that the scoreboard's rows take")
struct PeakTests {
  @Test(
    "It is within 10 % of inputs, results and what the plan states", .timeLimit(.minutes(30)),
    arguments: [1, 2])
  func peak(threads: Int) async {
    await #expect(processExitsWith: .success) { [threads = threads as Int] in
      reporting(Workload.all) { workload in
        let launches = try workload.launchPlan(threads)
        let stated = Double(workload.inputs.reduce(0) { $0 + $1.byteCount } + launches.byteCount)
        // What OpenBLAS packs operands into, from its first call to the end of the process.
        _ = try taken(by: launches, workload, threads)
        let taken = Double(try taken(by: launches, workload, threads))
        // Memory comes in pages.
        #expect(
          abs(taken - stated) <= 0.1 * stated + 4096,
          "\(workload.name) takes on \(threads) threads \(taken) bytes; \(stated) are stated")
      }
    }
  }
}

/// Returns the most memory that is held while the inputs are made and the plan runs for the first
/// time.
private func taken(
  by launches: LaunchPlan, _ workload: Workload, _ threads: Int
) throws -> Int {
  BlockPool.large.drain()
  BlockPool.medium.drain()
  let plan = try CPUBackend.shared().compile(launches, threads: threads) { _, _ in }
  allocations_reset()
  let arrays = workload.zeroArrays()
  let results = try BorrowedArray.lending(arrays) { try plan.run($0, threads: threads) }
  // Nothing is unmapped during a call: the pool keeps what is given back.
  return withExtendedLifetime((arrays, results)) {
    let allocations = allocations_now()
    return allocations.peak + allocations.mapped
  }
}

extension Workload {
  /// What is launched for the inputs.
  fileprivate func launchPlan(_ threads: Int) throws -> LaunchPlan {
    let layouts = inputs.map { ArrayLayout($0.dtype, $0.shape) }
    return try function(threads: threads).program.plans.plan(for: layouts).bound(to: layouts)
  }
}

extension LaunchPlan {
  /// The bytes of the results and of what steps and chunks leave for each other.
  fileprivate var byteCount: Int {
    outputs.reduce(workspaceByteCount + partialByteCount) {
      $0 + $1.layout.shape.reduce($1.layout.dtype.byteCount, *)
    }
  }
}
