import Arrays
package import GraphOptimizer
package import SymbolicGraph

/// A picture as a flow chart in Mermaid's language, with the shapes that Graphviz's has.
package enum Mermaid {
  /// Draws a graph as it is.
  package static func text(_ graph: Graph) -> String { text(Picture(graph)) }

  /// Draws a plan with a frame around what each kernel computes, and the time that it took if that was
  /// measured.
  package static func text(_ plan: Plan, times: [StepTime] = []) -> String {
    text(Picture(plan, times: times))
  }

  private static func text(_ picture: Picture) -> String {
    var lines = ["flowchart TD"]
    lines += picture.nodes.map { "  \(line($0))" }
    for group in picture.groups {
      lines.append(
        "  subgraph \(group.id)[\"\(group.title.map(escaped).joined(separator: " · "))\"]")
      lines += group.nodes.map { "    \(line($0))" } + ["  end"]
    }
    lines += picture.arrows.map { "  \($0.from) \($0.isShape ? "-.->" : "-->") \($0.to)" }
    let nodes = picture.nodes + picture.groups.flatMap(\.nodes)
    let classes: [(name: String, style: String, nodes: [Picture.Node])] = [
      ("leaf", "fill:#fdf3df,stroke:#5b6770,color:#1d2329", nodes.filter { $0.kind == .leaf }),
      (
        "view", "fill:#ffffff,stroke:#5b6770,color:#1d2329,stroke-dasharray:4 3",
        nodes.filter { $0.kind == .view }
      ),
      (
        "value", "fill:#ffffff,stroke:#5b6770,color:#1d2329",
        nodes.filter { $0.kind == .value || $0.kind == .library }
      ),
      ("result", "stroke-width:3px", nodes.filter(\.isResult)),
    ]
    for group in classes where !group.nodes.isEmpty {
      lines.append("  classDef \(group.name) \(group.style)")
      lines.append("  class \(group.nodes.map(\.id).joined(separator: ",")) \(group.name)")
    }
    if !picture.groups.isEmpty {
      lines.append("  classDef kernel fill:#eef3f6,stroke:#8fa3b0,color:#1d2329")
      lines.append("  class \(picture.groups.map(\.id).joined(separator: ",")) kernel")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func line(_ node: Picture.Node) -> String {
    let small = node.details.map { "<br/><small>\(escaped($0))</small>" }.joined()
    let label = "\"<b>\(escaped(node.title))</b>\(small)\""
    return switch node.kind {
    case .leaf: "\(node.id)([\(label)])"
    case .value, .view: "\(node.id)[\(label)]"
    case .library: "\(node.id)[[\(label)]]"
    }
  }

  /// A text with what means something to Mermaid as numbers.
  private static func escaped(_ text: String) -> String {
    text.onOneLine.unicodeScalars.reduce(into: "") { result, scalar in
      let isPlain =
        scalar.properties.isAlphabetic
        || " 0123456789.,:;()[]_+-=*/?…·µ".unicodeScalars.contains(scalar)
      // Mermaid takes a backslash and an n for the end of a line; something invisible parts them.
      result += isPlain ? String(scalar) : "#\(scalar.value);\(scalar == "\\" ? "#8203;" : "")"
    }
  }
}
