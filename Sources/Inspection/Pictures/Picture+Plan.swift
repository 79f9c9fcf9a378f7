import GraphOptimizer
import SymbolicGraph

extension Picture {
  /// Draws a plan: each kernel is a group of what it computes. A value that several kernels compute is
  /// in each of them.
  ///
  /// - Parameter times: What each step took; none where that was not measured.
  init(_ plan: Plan, times: [StepTime] = []) {
    let drawing = GraphDrawing(plan.graph), members = StepMembers(plan)
    let sets = members.values.map { Set($0) }
    let computed = sets.reduce(into: Set<Int>()) { $0.formUnion($1) }
    for number in Self.drawn(plan, members) where !computed.contains(number) {
      nodes.append(drawing.node(number, id: "v\(number)"))
      arrows += drawing.arrows(to: number) { Self.id($0, members.writers[$0]) }
    }
    for (step, values) in members.values.enumerated() {
      let time = times.indices.contains(step) ? [times[step].text] : []
      let isKernel = members.isKernel[step]
      let nodes = values.map {
        drawing.node($0, id: Self.id($0, step), adding: isKernel ? [] : time)
      }
      for value in values {
        arrows += drawing.arrows(to: value) { operand in
          Self.id(operand, sets[step].contains(operand) ? step : members.writers[operand])
        }
      }
      if isKernel {
        groups.append(Group(id: "k\(step)", title: [members.titles[step]] + time, nodes: nodes))
      } else {
        self.nodes += nodes
      }
    }
  }

  private static func id(_ value: Int, _ step: Int?) -> String {
    step.map { "k\($0)v\(value)" } ?? "v\(value)"
  }

  /// The values that something drawn is made of, views and all.
  private static func drawn(_ plan: Plan, _ members: StepMembers) -> [Int] {
    let drawing = GraphDrawing(plan.graph)
    var drawn = Set(plan.graph.inputs + plan.graph.outputs)
    var pending = Array(drawn) + members.values.flatMap(\.self)
    var visited: Set<Int> = []
    while let value = pending.popLast() {
      guard visited.insert(value).inserted, !drawing.isInline(value) else { continue }
      drawn.insert(value)
      pending += plan.graph.equations[value].operands
    }
    return drawn.sorted()
  }
}
