import Arrays
import CPUBackend
import GraphOptimizer
import KernelIR
import TestSupport

@testable import Martlet

/// What is compared with the reference back end on the graph as it was written.
let executors = [
  Executor.reference(
    "optimized", rewriting: { try Pipeline.standard.run(on: $0, verifying: true) }),
  Executor("function") { inputs, outputs, arrays in
    try Function(inputs, outputs).call(with: arrays)
  },
  Executor("function that overwrites its inputs") { inputs, outputs, arrays in
    try Function(inputs, outputs).call(donating: try arrays.map(unshared))
  },
  executor("function that meets memory as large arrays do") { _ in .withoutCaches },
  executor("function that meets memory as arrays do that nearly fit") { .nearlyHolding($0) },
]

/// That of functions whose launches meet memory as told.
private func executor(
  _ name: String, memory: @escaping @Sendable (LaunchPlan) -> MemoryPolicy
) -> Executor {
  Executor(name) { inputs, outputs, arrays in
    let program = try Function(inputs, outputs).program
    let launches = try program.launches(for: arrays)
    let plan = try CPUBackend.shared().compile(launches, threads: 2, memory: memory(launches))
    return try BorrowedArray.lending(try program.checked(arrays)) { try plan.run($0, threads: 2) }
  }
}

/// A copy in C order that shares its elements with no other array.
private func unshared(_ array: NDArray) throws -> NDArray {
  var copy = array
  try copy.makeWritable(contiguous: true)
  return copy
}

/// Checks that every executor agrees with the reference back end; what the fuzzer prints calls it.
func expectAgreement(_ inputs: [Tensor], _ outputs: [Tensor], _ arrays: [NDArray]) throws {
  try compare(inputs, outputs, arrays, by: executors)
}
