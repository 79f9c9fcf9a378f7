import Scalars

extension KernelLaunch {
  /// What one kind of operation is estimated to cost in a launch.
  package struct OperationCost: Sendable {
    /// `exp`, or the reduction: `sum`.
    package let name: String
    /// How often it stands in the kernel.
    package var count: Int
    /// Its cost at all points together, in units of one addition.
    package var cost: Double
  }

  /// What the operations are estimated to cost, by the table of scalar operations; the dearest first.
  package var operationCosts: [OperationCost] {
    var costs: [String: OperationCost] = [:]
    func add(_ name: String, _ cost: Int, _ points: Int) {
      var known = costs[name] ?? OperationCost(name: name, count: 0, cost: 0)
      known.count += 1
      known.cost += Double(cost) * Double(points)
      costs[name] = known
    }
    for stage in kernel.stages {
      let uniform = stage.composite.uniformLines { isUniform(stage.sources[$0]) }
      for (line, times) in zip(stage.composite.lines, times(of: uniform, stage)) {
        add(line.operation.rawValue, line.operation.definition.cost, times)
      }
      for accumulator in stage.accumulators {
        add(accumulator.reduction.rawValue, 1, points(of: stage))
      }
    }
    return costs.values.sorted { ($1.cost, $0.name) < ($0.cost, $1.name) }
  }
}
