/// The part of Mermaid's flow charts that pictures use, after its documentation: nodes in four shapes
/// with quoted labels, subgraphs, two kinds of arrows, classes.
struct MermaidGrammar {
  struct Mistake: Error, CustomStringConvertible {
    let description: String
  }

  private(set) var nodes: Set<String> = []
  private(set) var subgraphs: Set<String> = []

  /// Reads a text, or says which line is wrong.
  init(_ text: String) throws {
    var lines = text.split(separator: "\n")[...]
    guard lines.popFirst() == "flowchart TD" else { throw Mistake(description: "no flowchart") }
    var isInside = false
    for line in lines {
      let words = line.drop { $0 == " " }
      if let subgraph = try? #/subgraph (k[0-9]+)\["([^"]*)"\]/#.wholeMatch(in: words) {
        subgraphs.insert(String(subgraph.1))
        try check(subgraph.2, line)
        isInside = true
      } else if words == "end", isInside {
        isInside = false
      } else if let node = try? #/(\w+)(\(\[|\[\[|\[)"([^"]*)"(\]\)|\]\]|\])/#.wholeMatch(in: words)
      {
        let closing = ["([": "])", "[[": "]]", "[": "]"][String(node.2)]
        guard closing == String(node.4), nodes.insert(String(node.1)).inserted else {
          throw Mistake(description: "\(line)")
        }
        try check(node.3, line)
      } else if let arrow = try? #/(\w+) (?:-->|-\.->) (\w+)/#.wholeMatch(in: words) {
        guard nodes.isSuperset(of: [String(arrow.1), String(arrow.2)]) else {
          throw Mistake(description: "no such node: \(line)")
        }
      } else if let styled = try? #/class ([\w,]+) \w+/#.wholeMatch(in: words) {
        let names = styled.1.split(separator: ",").map(String.init)
        guard nodes.union(subgraphs).isSuperset(of: names) else {
          throw Mistake(description: "no such node: \(line)")
        }
      } else if words.wholeMatch(of: #/classDef \w+ [\w:#,\- ]+/#) == nil {
        throw Mistake(description: "\(line)")
      }
    }
    if isInside { throw Mistake(description: "a subgraph does not end") }
  }

  /// Labels hold our tags, plain characters, and everything else by number.
  private func check(_ label: Substring, _ line: Substring) throws {
    let plain = label.replacing(#/<\/?(?:b|small)>|<br\/>|#[0-9]+;/#, with: "")
    let isPlain = plain.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || " 0123456789.,:;()[]_+-=*/?…·µ".unicodeScalars.contains($0)
    }
    if !isPlain { throw Mistake(description: "not escaped: \(line)") }
  }
}
