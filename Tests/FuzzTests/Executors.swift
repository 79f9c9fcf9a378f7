import GraphOptimizer
import Martlet
import TestSupport

/// What is compared with the reference back end on the graph as it was written.
let executors = [
  Executor.reference(
    "optimized", rewriting: { try Pipeline.standard.run(on: $0, verifying: true) }),
  Executor("function") { inputs, outputs, arrays in
    try Function(inputs, outputs).call(with: arrays)
  },
]

/// Checks that every executor agrees with the reference back end; what the fuzzer prints calls it.
func expectAgreement(_ inputs: [Tensor], _ outputs: [Tensor], _ arrays: [NDArray]) throws {
  try compare(inputs, outputs, arrays, by: executors)
}
