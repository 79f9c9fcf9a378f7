import Arrays
import GraphOptimizer
import SymbolicGraph

/// Which values of a plan's graph each step computes, in memory or on the way.
struct StepMembers {
  /// The values of each step, in the order of the graph.
  let values: [[Int]]
  /// The step that writes each value that is in memory.
  let writers: [Int: Int]
  /// What texts call each step.
  let titles: [String]
  /// Which steps are kernels; libraries do the others.
  let isKernel: [Bool]

  init(_ plan: Plan) {
    var writers: [Int: Int] = [:]
    for (number, step) in plan.steps.enumerated() {
      for value in step.writes { writers[value] = number }
    }
    self.writers = writers
    values = plan.steps.map { Self.members($0, plan.graph) }
    isKernel = plan.steps.map { if case .kernel = $0 { true } else { false } }
    titles = plan.steps.map { step in
      switch step {
      case .kernel(let step): "kernel \(step.name.onOneLine)"
      case .matmul: "matmul"
      case .concatenate: "concatenate"
      }
    }
  }

  /// The first step that computes a value.
  var firstStep: [Int: Int] {
    var first: [Int: Int] = [:]
    for (number, members) in values.enumerated() {
      for value in members where first[value] == nil { first[value] = number }
    }
    return first
  }

  private static func members(_ step: Plan.Step, _ graph: Graph) -> [Int] {
    guard case .kernel = step else { return step.writes }
    let read = Set(step.reads).subtracting(step.writes)
    var members: Set<Int> = []
    var pending = step.writes
    while let value = pending.popLast() {
      guard !read.contains(value), !members.contains(value) else { continue }
      switch graph.equations[value].operation.lowering {
      case .elementwise, .reduce:
        members.insert(value)
        pending += graph.equations[value].operands
      case .extent: members.insert(value)
      case .input, .constant, .view, .concatenate, .matmul: break
      }
    }
    return members.sorted()
  }
}
