import Arrays
package import GraphOptimizer
package import SymbolicGraph

/// A picture in Graphviz's language.
///
/// Boxes are values, ovals what is fed, dashed boxes views, double boxes library calls; frames are
/// kernels, and results have a thick border. Dashed arrows ask for a shape only.
package enum Dot {
  /// Draws a graph as it is.
  package static func text(_ graph: Graph, name: String) -> String {
    text(Picture(graph), name: name)
  }

  /// Draws a plan with a frame around what each kernel computes, and the time that it took if that was
  /// measured.
  package static func text(_ plan: Plan, name: String, times: [StepTime] = []) -> String {
    text(Picture(plan, times: times), name: name)
  }

  private static func text(_ picture: Picture, name: String) -> String {
    var lines = ["digraph \(quoted(name)) {"] + defaults
    lines += picture.nodes.map { "  \(line($0))" }
    for group in picture.groups {
      lines += [
        "  subgraph cluster_\(group.id) {",
        "    graph [label=\(label(group.title[0], Array(group.title.dropFirst()))), \(frame)];",
      ]
      lines += group.nodes.map { "    \(line($0))" } + ["  }"]
    }
    lines += picture.arrows.map { arrow in
      "  \(arrow.from) -> \(arrow.to)\(arrow.isShape ? " [style=dashed]" : "");"
    }
    return (lines + ["}"]).map { $0 + "\n" }.joined()
  }

  private static let defaults = [
    "graph [fontname=Helvetica, fontsize=11, labeljust=l, nodesep=0.3, ranksep=0.35];",
    "node [fontname=Helvetica, fontsize=11, shape=box, style=filled, fillcolor=white];",
    "node [color=\"#5b6770\", margin=\"0.12,0.06\"];",
    "edge [color=\"#5b6770\", arrowsize=0.7];",
  ].map { "  \($0)" }

  private static let frame =
    "style=\"filled,rounded\", color=\"#8fa3b0\", fillcolor=\"#eef3f6\""

  private static func line(_ node: Picture.Node) -> String {
    var attributes = ["label=\(label(node.title, node.details))"]
    switch node.kind {
    case .leaf: attributes += ["shape=ellipse", "margin=\"0.04,0.02\"", "fillcolor=\"#fdf3df\""]
    case .view: attributes.append("style=\"filled,dashed\"")
    case .library: attributes.append("peripheries=2")
    case .value: break
    }
    if node.isResult { attributes.append("penwidth=2.4") }
    return "\(node.id) [\(attributes.joined(separator: ", "))];"
  }

  /// A label with a bold first line and small ones below, in Graphviz's kind of HTML.
  private static func label(_ title: String, _ details: [String]) -> String {
    let small = details.map {
      "<br/><font point-size=\"9\" color=\"#47525a\">\(escaped($0))</font>"
    }
    return "<<b>\(escaped(title))</b>\(small.joined())>"
  }

  private static func escaped(_ text: String) -> String {
    text.onOneLine.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\\": result += "&#92;"
      default: result.append(character)
      }
    }
  }

  /// A name in quotes.
  private static func quoted(_ text: String) -> String {
    let safe = text.onOneLine.reduce(into: "") { result, character in
      result += character == "\"" ? "\\\"" : character == "\\" ? "\\\\" : String(character)
    }
    return "\"\(safe)\""
  }
}
