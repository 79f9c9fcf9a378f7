package import GraphOptimizer
package import SymbolicGraph

/// A program as a tree under each result, drawn with lines, in the manner of PyTensor: operation and
/// identity, type, step, time, and where it was written.
///
///     div [id A]             f64[]      kernel pi   main.swift:7
///      ├─ mul [id B]         i64[]      kernel pi   main.swift:7
///
/// What was listed before is listed again without its operands, for which `···` stands.
package struct TreeListing {
  private let graph: Graph
  private let members: StepMembers?
  private let depth: Int
  private let times: [StepTime]

  private static let deepest = 1000

  /// Lists a graph.
  ///
  /// - Parameter depth: How many levels are listed; all, unless given.
  package init(_ graph: Graph, depth: Int? = nil) {
    self.graph = graph
    self.depth = min(depth ?? Self.deepest, Self.deepest)
    (members, times) = (nil, [])
  }

  /// Lists the graph of a plan, with the step that computes each value first.
  ///
  /// - Parameter times: What each step took; none where that was not measured.
  package init(_ plan: Plan, depth: Int? = nil, times: [StepTime] = []) {
    graph = plan.graph
    members = StepMembers(plan)
    self.times = times
    self.depth = min(depth ?? Self.deepest, Self.deepest)
  }

  /// The lines, each with its end.
  package var text: String {
    let names = graph.valueNames
    let steps = members?.firstStep ?? [:]
    var rows: [[String]] = []
    var ids: [Int: String] = [:]
    var timed: Set<Int> = []
    typealias Branch = (number: Int, prefix: String, inner: String, level: Int)
    var pending = graph.outputs.reversed().map { Branch($0, "", "", 1) }
    while let (number, prefix, inner, level) = pending.popLast() {
      if level > depth { continue }
      let isKnown = ids[number] != nil
      let id = ids[number] ?? TheanoListing.id(ids.count)
      ids[number] = id
      let equation = graph.equations[number]
      let step = steps[number]
      let time = step.flatMap { step in
        times.indices.contains(step) && timed.insert(step).inserted ? times[step].text : nil
      }
      rows.append([
        "\(prefix)\(title(number, names)) [id \(id)]", "\(equation.type)",
        step.flatMap { members?.titles[$0] } ?? "", time ?? "",
        equation.origins.first?.location ?? "",
      ])
      guard !equation.operands.isEmpty else { continue }
      if isKnown {
        if level < depth { rows.append(["\(inner) └─ ···", "", "", "", ""]) }
        continue
      }
      for (position, operand) in equation.operands.enumerated().reversed() {
        let isLast = position == equation.operands.count - 1
        pending.append(
          (operand, inner + (isLast ? " └─ " : " ├─ "), inner + (isLast ? "   " : " │ "), level + 1)
        )
      }
    }
    return Self.aligned(rows)
  }

  /// The operation with its attributes; for what is fed or constant, its name or value.
  private func title(_ number: Int, _ names: [String]) -> String {
    let equation = graph.equations[number]
    switch equation.operation.lowering {
    case .input: return names[number]
    case .constant:
      return (equation.operation as? Constant)?.scalar == nil ? "constant" : names[number]
    case .extent, .elementwise, .reduce, .view, .concatenate, .matmul:
      let attributes = equation.operation.attributes.map(\.description).joined(separator: ", ")
      return equation.operation.name + (attributes.isEmpty ? "" : "{\(attributes)}")
    }
  }

  /// The rows with their cells in columns, two blanks apart; empty columns go.
  private static func aligned(_ rows: [[String]]) -> String {
    let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (cell, width) in zip(row, widths) where width > 0 {
        line += cell + String(repeating: " ", count: width - cell.count + 2)
      }
      return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
    }.joined()
  }
}
