import Arrays
import KernelIR
import Scalars
package import SymbolicGraph

/// What becomes of one value of a graph: which rules rewrite it, which kernel computes it, and what
/// that kernel costs.
package struct Explanation: CustomStringConvertible {
  /// The lines of the text.
  private var lines: [String] = []

  /// The text.
  ///
  ///     explanation = value rewriting* place [kernel ["not fused" refusal*]]
  package var description: String { lines.joined(separator: "\n") }

  /// Follows the value `number` of `graph`, as users wrote it, through all passes and into the plan.
  package init(of number: Int, in graph: Graph, name: String) throws(PassError) {
    lines = [Self.line(number, graph) + Self.place(number, graph)]
    var value: Int? = number, before = graph
    let optimized = try Pipeline.standard.run(on: graph, verifying: false, recording: true) {
      if let old = value { value = follow(old, $0, before) }
      before = $0.graph
    }
    guard let value else {
      lines.append("nothing needs it")
      return
    }
    lines.append("becomes " + Self.line(value, optimized))
    explainKernels(of: value, in: optimized, name: name)
  }

  /// The value's line in the text of the graph, without the width that other lines give it.
  private static func line(_ value: Int, _ graph: Graph) -> String {
    let names = graph.valueNames, equation = graph.equations[value]
    if !names[value].hasPrefix("%") { return "\(names[value]) : \(equation.type)" }
    return "\(names[value]) = \(graph.call(value, names)) : \(equation.type)"
  }

  private static func place(_ value: Int, _ graph: Graph) -> String {
    graph.equations[value].origins.first?.location.map { "  at \($0)" } ?? ""
  }
}

// MARK: - Rewritings

extension Explanation {
  /// Adds what a pass does to a value, and returns where it is afterwards.
  private mutating func follow(_ value: Int, _ report: PassReport, _ before: Graph) -> Int? {
    let trace = report.trace
    if trace.places.isEmpty { return value }
    var current = value
    while true {
      let here = trace.rewritings.filter { $0.equation == current }
      lines += here.map { "  \($0)" }
      if let place = trace.places[current] {
        let (old, new) = (before.valueNames[current], report.graph.valueNames[place])
        if old != new, here.isEmpty { lines.append("  \(report.pass): \(old) is now \(new)") }
        return place
      }
      guard let user = rewrittenUser(of: current, trace, before) else { return nil }
      lines.append("  \(report.pass): part of \(before.valueNames[user])")
      current = user
    }
  }

  /// The first value that is made of `value`, perhaps by others that went too, and was rewritten.
  private func rewrittenUser(of value: Int, _ trace: Trace, _ graph: Graph) -> Int? {
    var gone: Set<Int> = [value]
    let rewritten = Set(trace.rewritings.compactMap(\.equation))
    for number in graph.equations.indices.dropFirst(value + 1)
    where graph.equations[number].operands.contains(where: gone.contains) {
      if rewritten.contains(number) { return number }
      if trace.places[number] == nil { gone.insert(number) }
    }
    return nil
  }
}

// MARK: - Kernels

extension Explanation {
  private mutating func explainKernels(of value: Int, in graph: Graph, name: String) {
    let names = graph.valueNames
    switch graph.equations[value].operation.lowering {
    case .input: return lines.append("is fed, not computed")
    case .constant: return lines.append("is a constant, not computed")
    case .extent: return lines.append("is a length, which every launch knows")
    case .view:
      let operand = names[graph.equations[value].operands[0]]
      return lines.append("is \(operand) walked through otherwise; nothing is computed")
    case .elementwise, .reduce, .concatenate, .matmul: break
    }
    let plan = Plan(scheduling: graph, name: name)
    let fusion = Fusion(graph, recording: true)
    for (number, step) in plan.steps.enumerated() where fusion.computes(value, at: number) {
      let isWritten = step.writes.contains(value)
      lines.append(
        "computed in \(step.title)"
          + (isWritten ? ", which writes it: \(reason(value, graph))" : ", never in memory"))
      if case .kernel(let kernel) = step { lines += kernel.costs(graph, names) }
      explainRefusals(number, fusion, plan, names)
    }
  }

  /// Why a value is written to memory.
  private func reason(_ value: Int, _ graph: Graph) -> String {
    if graph.outputs.contains(value) { return "it is a result" }
    let users = graph.equations.filter { $0.operands.contains(value) }
    let reader = users.first {
      switch $0.operation.lowering {
      case .view, .matmul, .concatenate: true
      case .input, .constant, .extent, .elementwise, .reduce: false
      }
    }
    if let reader { return "'\(reader.operation.name)' reads it from there" }
    return "to compute it where it is used would take longer"
  }

  /// Adds why the values of a step and of its neighbours are not computed together.
  private mutating func explainRefusals(
    _ number: Int, _ fusion: Fusion, _ plan: Plan, _ names: [String]
  ) {
    let own = plan.steps[number].writes
    let told = fusion.refusals.filter { refusal in
      refusal.reason != .unrelated
        && (refusal.item == number && plan.writer(of: refusal.value) != number
          || own.contains(refusal.value))
    }
    if told.isEmpty { return }
    lines.append("not fused")
    for refusal in told {
      lines.append(
        "  \(names[refusal.value]) with \(plan.steps[refusal.item].title): "
          + refusal.reason.rawValue)
    }
  }
}

extension Fusion {
  /// Whether the item at `number` computes a value, in memory or on the way.
  fileprivate func computes(_ value: Int, at number: Int) -> Bool {
    switch items[number] {
    case .matmul(let result), .concatenate(let result): return result == value
    case .cluster(let cluster):
      var visited: Set<Int> = []
      var pending = cluster.members.map(\.value)
      while let next = pending.popLast() {
        guard visited.insert(next).inserted, !cluster.leaves.contains(next) else { continue }
        if next == value { return true }
        pending += operands(of: next)
      }
      return false
    }
  }
}

extension Plan {
  fileprivate func writer(of value: Int) -> Int? { writers[value] }
}

extension Plan.Step {
  /// What the step is called in sentences.
  fileprivate var title: String {
    switch self {
    case .kernel(let step): "kernel \(step.name)"
    case .matmul: "matmul"
    case .concatenate: "concatenate"
    }
  }
}

extension Plan.KernelStep {
  /// What the kernel reads, writes and computes.
  fileprivate func costs(_ graph: Graph, _ names: [String]) -> [String] {
    var lines: [String] = []
    for (value, argument) in zip(arguments, kernel.arguments) {
      let type = graph.equations[value].type
      let bytes = type.concreteShape.map { "\($0.reduce(type.dtype.byteCount, *)) bytes" }
      lines.append(
        "  \(argument.isOutput ? "writes" : "reads ") \(names[value]) : \(type), "
          + (bytes ?? "\(type.dtype.byteCount) bytes an element"))
    }
    let points = kernel.axes.map(\.extent)
    for (number, stage) in kernel.stages.enumerated() {
      let flops =
        stage.composite.lowered().floatingOperationCount
        + stage.accumulators.count { $0.dtype.isFloating && !$0.reduction.isPosition }
      if flops == 0 { continue }
      let space = stage.loops ? points : Array(points.prefix(kernel.outerCount))
      let lengths = space.compactMap { Int($0) }
      let all = lengths.count == space.count ? ", \(lengths.reduce(flops, *)) in all" : ""
      let title = kernel.stages.count > 1 ? "stage \(number) " : ""
      lines.append(
        "  \(title)computes \(flops) flops at each point of [\(space.joined(separator: ","))]\(all)"
      )
    }
    return lines
  }
}
