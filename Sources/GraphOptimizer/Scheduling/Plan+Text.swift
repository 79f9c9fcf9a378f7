import KernelIR
import SymbolicGraph

extension Plan: CustomStringConvertible {
  /// The plan's text, followed by the texts of its kernels.
  ///
  ///     plan     = "plan (" inputs ") -> " types " {" line* "return " values "}" kernel*
  ///     line     = value " = allocate " type | value " = view " operation "(" operand ")"
  ///              | step "(" values ") -> " values
  ///
  /// A value is allocated where the step that writes it first needs it; intermediates share memory.
  package var description: String {
    let names = graph.valueNames
    let header = graph.inputs.map { "\(names[$0]): \(graph.equations[$0].type)" }
    let types = graph.outputs.map { graph.equations[$0].type.description }
    var lines: [String] = []
    var shown = Set(graph.inputs)
    for step in steps {
      for value in step.reads { lines += viewLines(value, names, &shown) }
      for value in step.writes {
        lines.append("\(names[value]) = allocate \(graph.equations[value].type)")
        shown.insert(value)
      }
      lines.append(step.call(names))
    }
    for value in graph.outputs { lines += viewLines(value, names, &shown) }
    lines.append("return \(graph.outputs.map { names[$0] }.joined(separator: ", "))")
    let body = lines.map { "  \($0)\n" }.joined()
    let title =
      "plan (\(header.joined(separator: ", "))) -> \(types.joined(separator: ", ")) {\n\(body)}"
    return ([title] + kernels.map { $0.kernel.text(named: $0.name) }).joined(separator: "\n")
  }

  /// The lines for the views that lead to `value` and were not shown yet.
  private func viewLines(_ value: Int, _ names: [String], _ shown: inout Set<Int>) -> [String] {
    var lines: [String] = []
    var value = value
    while case .view = graph.equations[value].operation.lowering, shown.insert(value).inserted {
      lines.append("\(names[value]) = view \(graph.call(value, names))")
      value = graph.equations[value].operands[0]
    }
    return lines.reversed()
  }
}

extension Plan.Step {
  /// The values it reads from memory.
  package var reads: [Int] {
    switch self {
    case .kernel(let step): step.reads
    case .matmul(let step): [step.a, step.b]
    case .concatenate(let step): step.operands
    }
  }

  /// The values it writes to memory.
  package var writes: [Int] {
    switch self {
    case .kernel(let step): step.results
    case .matmul(let step): [step.result]
    case .concatenate(let step): [step.result]
    }
  }

  /// The step as a call.
  fileprivate func call(_ names: [String]) -> String {
    let name =
      switch self {
      case .kernel(let step): step.name
      case .matmul: "matmul"
      case .concatenate: "concatenate"
      }
    let inputs = reads.map { names[$0] }.joined(separator: ", ")
    return "\(name)(\(inputs)) -> \(writes.map { names[$0] }.joined(separator: ", "))"
  }
}
