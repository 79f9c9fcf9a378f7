/// The part of Graphviz's language that pictures use, after its published grammar.
struct DotGrammar {
  struct Mistake: Error, CustomStringConvertible {
    let description: String
  }

  private var tokens: ArraySlice<String>
  private(set) var nodes: Set<String> = []
  private(set) var clusters: Set<String> = []
  private(set) var ends: Set<String> = []

  /// Reads a text, or says what is wrong with it. Every arrow must join nodes that are declared.
  init(_ text: String) throws {
    tokens = try Self.tokens(of: text)[...]
    try expect("digraph")
    _ = try name()
    try block()
    guard tokens.isEmpty else { throw Mistake(description: "more after the graph") }
    let unknown = ends.subtracting(nodes)
    guard unknown.isEmpty else { throw Mistake(description: "no node \(unknown)") }
  }

  private mutating func block() throws {
    try expect("{")
    while tokens.first != "}" { try statement() }
    try expect("}")
  }

  private mutating func statement() throws {
    if tokens.first == "subgraph" {
      tokens.removeFirst()
      clusters.insert(try name())
      return try block()
    }
    let first = try name()
    if tokens.first == "->" {
      tokens.removeFirst()
      ends.formUnion([first, try name()])
    } else if !["graph", "node", "edge"].contains(first) {
      guard nodes.insert(first).inserted else { throw Mistake(description: "two nodes \(first)") }
    }
    if tokens.first == "[" { try attributes() }
    try expect(";")
  }

  private mutating func attributes() throws {
    try expect("[")
    while tokens.first != "]" {
      _ = try name()
      try expect("=")
      _ = try name()
      if tokens.first == "," { tokens.removeFirst() }
    }
    try expect("]")
  }

  private mutating func name() throws -> String {
    guard let token = tokens.popFirst(), token.count > 1 || token.first.map(Self.isWord) == true
    else { throw Mistake(description: "a name is missing") }
    return token
  }

  private mutating func expect(_ token: String) throws {
    let found = tokens.popFirst()
    guard found == token else {
      throw Mistake(description: "expected \(token), found \(found ?? "the end")")
    }
  }

  private static func isWord(_ character: Character) -> Bool {
    character.isASCII
      && (character.isLetter || character.isNumber || character == "_" || character == ".")
  }

  private static func tokens(of text: String) throws -> [String] {
    var rest = Substring(text)
    var tokens: [String] = []
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if first == "\"" {
        tokens.append(try quoted(&rest))
      } else if first == "<" {
        tokens.append(try html(&rest))
      } else if rest.hasPrefix("->") {
        tokens.append("->")
        rest.removeFirst(2)
      } else if isWord(first) {
        let word = rest.prefix(while: isWord)
        tokens.append(String(word))
        rest = rest[word.endIndex...]
      } else if "{}[]=,;".contains(first) {
        tokens.append(String(rest.removeFirst()))
      } else {
        throw Mistake(description: "\(first) means nothing")
      }
    }
    return tokens
  }

  private static func quoted(_ rest: inout Substring) throws -> String {
    var word = String(rest.removeFirst())
    while let next = rest.popFirst() {
      word.append(next)
      if next == "\\", let escaped = rest.popFirst() { word.append(escaped) }
      if next == "\"" { return word }
      if next.isNewline { break }
    }
    throw Mistake(description: "a quote does not end: \(word)")
  }

  /// A label between `<` and `>`, whose tags must close in order.
  private static func html(_ rest: inout Substring) throws -> String {
    rest.removeFirst()
    var open: [Substring] = []
    var word = "<"
    while let next = rest.popFirst() {
      switch next {
      case ">": return word + ">"
      case "&":
        let entity = rest.prefix { $0 != ";" }
        guard ["amp", "lt", "gt", "quot"].contains(entity) || entity.hasPrefix("#") else {
          throw Mistake(description: "&\(entity)")
        }
      case "<":
        let tag = rest.prefix { $0 != ">" }
        rest = rest[tag.endIndex...].dropFirst()
        if tag.hasPrefix("/") {
          guard open.popLast() == tag.dropFirst() else { throw Mistake(description: "<\(tag)>") }
        } else if !tag.hasSuffix("/") {
          open.append(tag.prefix { $0 != " " })
        }
      default: break
      }
      word.append(next)
    }
    throw Mistake(description: "a label does not end")
  }
}
