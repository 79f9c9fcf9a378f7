import GraphOptimizer
import SymbolicGraph

/// The plan that a function of these tensors runs.
func plan(_ inputs: [Tensor], _ outputs: [Tensor], name: String = "f") throws -> Plan {
  let written = try Graph(inputs: inputs, outputs: outputs)
  let graph = EqualLengths(assumedIn: written)?.graph ?? written
  return Plan(scheduling: try Pipeline.standard.run(on: graph), name: name)
}
