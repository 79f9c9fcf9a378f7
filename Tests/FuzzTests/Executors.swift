import Arrays
import SymbolicGraph
import TestSupport

/// What is compared with the reference back end on the graph as it was written.
let executors = [
  Executor.reference("reference", rewriting: { $0 })
]

/// Checks that every executor agrees with the reference back end; what the fuzzer prints calls it.
func expectAgreement(_ inputs: [Tensor], _ outputs: [Tensor], _ arrays: [NDArray]) throws {
  try compare(inputs, outputs, arrays, by: executors)
}
