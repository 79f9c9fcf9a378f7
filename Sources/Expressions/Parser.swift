/// Makes an expression's tree of its tokens, by precedence climbing.
struct Parser {
  private let tokens: [Token]
  private var position = 0
  private var depth = 0

  /// Returns the expressions that `text` lists, separated by commas.
  static func parse(_ text: String) throws(ExpressionError) -> [Syntax] {
    var parser = Parser(tokens: try Lexer.tokens(of: text))
    if parser.token.kind == .end { throw .nothingToCompute() }
    var outputs = [try parser.expression()]
    while parser.takes(",") {
      if parser.token.kind == .end { break }
      outputs.append(try parser.expression())
    }
    if parser.token.kind != .end { throw parser.unexpected("an operator or the end") }
    return outputs
  }

  private init(tokens: [Token]) { self.tokens = tokens }

  // MARK: - Operators

  private mutating func expression(_ least: Int = 1) throws(ExpressionError) -> Syntax {
    depth += 1
    defer { depth -= 1 }
    if depth > Syntax.deepest { throw .tooDeep(Syntax.deepest, at: token.columns.lowerBound) }
    var left = try prefixed()
    while let operation = infix, operation.precedence >= least {
      let mark = token.columns
      position += 1
      if token.kind == .end { throw .missingOperand(operation.symbol, at: mark) }
      let right = try expression(operation.precedence + (operation.groupsRight ? 0 : 1))
      left = try Syntax(
        .infix(operation, left, right), left.columns.lowerBound..<right.columns.upperBound,
        mark: mark.lowerBound, parts: [left, right])
      if operation.isComparison, infix?.isComparison == true {
        throw .chainedComparison(at: token.columns)
      }
    }
    return left
  }

  private var infix: InfixOperator? {
    guard case .symbol(let symbol) = token.kind else { return nil }
    return InfixOperator.table.first { $0.symbol == symbol }
  }

  private mutating func prefixed() throws(ExpressionError) -> Syntax {
    let start = token.columns
    guard case .symbol(let symbol) = token.kind, let operation = PrefixOperator(rawValue: symbol)
    else { return try selected(try primary()) }
    position += 1
    if token.kind == .end { throw .missingOperand(symbol, at: start) }
    let operand = try expression(PrefixOperator.precedence)
    return try Syntax(
      .prefix(operation, operand), start.lowerBound..<operand.columns.upperBound, parts: [operand])
  }

  // MARK: - Operands

  private mutating func primary() throws(ExpressionError) -> Syntax {
    let columns = token.columns
    switch token.kind {
    case .integer(let value):
      position += 1
      return try Syntax(.integer(value), columns)
    case .real(let value):
      position += 1
      return try Syntax(.real(value), columns)
    case .text(let value):
      position += 1
      return try Syntax(.text(value), columns)
    case .name(let name):
      return try named(name, columns)
    case .symbol("("):
      position += 1
      let (parts, hasComma) = try list(until: ")", openedAt: columns)
      let whole = columns.lowerBound..<tokens[position - 1].columns.upperBound
      if let only = parts.first, parts.count == 1, !hasComma {
        return try Syntax(only.form, whole, mark: only.mark, parts: [only])
      }
      return try Syntax(.list(parts), whole, parts: parts)
    case .symbol("["):
      position += 1
      let (parts, _) = try list(until: "]", openedAt: columns)
      return try Syntax(
        .list(parts), columns.lowerBound..<tokens[position - 1].columns.upperBound, parts: parts)
    case .symbol, .end: throw unexpected("a value")
    }
  }

  private mutating func named(
    _ name: String, _ columns: Range<Int>
  ) throws(ExpressionError) -> Syntax {
    if let symbol = Self.words[name] { throw .word(name, symbol: symbol, at: columns) }
    position += 1
    // What is pasted from a program may say where its functions come from.
    if Self.modules.contains(name), token.kind == .symbol("."), position + 1 < tokens.count,
      case .name(let function) = tokens[position + 1].kind
    {
      position += 2
      let whole = columns.lowerBound..<tokens[position - 1].columns.upperBound
      return try called(function, whole, mark: tokens[position - 1].columns.lowerBound)
    }
    return try called(name, columns, mark: columns.lowerBound)
  }

  /// Python's words for what arrays need symbols for.
  private static let words = ["and": "&", "or": "|", "not": "~"]
  private static let modules = ["np", "numpy"]

  private mutating func called(
    _ name: String, _ columns: Range<Int>, mark: Int, on receiver: Syntax? = nil
  ) throws(ExpressionError) -> Syntax {
    let parenthesis = token.columns
    let start = receiver?.columns.lowerBound ?? columns.lowerBound
    guard takes("(") else {
      let whole = start..<columns.upperBound
      guard let receiver else { return try Syntax(.name(name), whole, mark: mark) }
      return try Syntax(.attribute(receiver, name), whole, mark: mark, parts: [receiver])
    }
    var arguments: [Syntax.Argument] = []
    while !takes(")") {
      arguments.append(try argument(openedAt: parenthesis))
      if takes(")") { break }
      if !takes(",") { throw closing(")", openedAt: parenthesis) }
    }
    return try Syntax(
      .call(name, receiver: receiver, arguments),
      start..<tokens[position - 1].columns.upperBound, mark: mark,
      parts: arguments.map(\.value) + (receiver.map { [$0] } ?? []))
  }

  private mutating func argument(
    openedAt parenthesis: Range<Int>
  ) throws(ExpressionError) -> Syntax.Argument {
    let start = token.columns.lowerBound
    if token.kind == .end { throw closing(")", openedAt: parenthesis) }
    var name: String?
    if case .name(let label) = token.kind, tokens[position + 1].kind == .symbol("=") {
      name = label
      position += 2
    }
    let value = try expression()
    return Syntax.Argument(name: name, value: value, columns: start..<value.columns.upperBound)
  }

  // MARK: - What follows an operand

  private mutating func selected(_ operand: Syntax) throws(ExpressionError) -> Syntax {
    var result = operand
    while true {
      let columns = token.columns
      if takes("[") {
        let indices = try indices(openedAt: columns)
        let parts = indices.flatMap(\.parts)
        result = try Syntax(
          .selection(result, indices),
          result.columns.lowerBound..<tokens[position - 1].columns.upperBound,
          mark: columns.lowerBound, parts: [result] + parts)
      } else if takes(".") {
        guard case .name(let name) = token.kind else { throw unexpected("a name") }
        let columns = token.columns
        position += 1
        result = try called(name, columns, mark: columns.lowerBound, on: result)
      } else if token.kind == .symbol("(") {
        throw .notAFunction(at: token.columns)
      } else {
        return result
      }
    }
  }

  private mutating func indices(
    openedAt bracket: Range<Int>
  ) throws(ExpressionError) -> [Syntax.Index] {
    if token.kind == .symbol("]") { throw .noIndex(at: token.columns) }
    var indices: [Syntax.Index] = []
    while !takes("]") {
      if token.kind == .end { throw closing("]", openedAt: bracket) }
      indices.append(try index())
      if takes("]") { break }
      if !takes(",") { throw closing("]", openedAt: bracket) }
    }
    return indices
  }

  private mutating func index() throws(ExpressionError) -> Syntax.Index {
    if takes("...") { return .ellipsis }
    let first = token.kind == .symbol(":") ? nil : try expression()
    guard takes(":") else {
      guard let first else { throw unexpected("an index") }
      return .value(first)
    }
    let second = try bound()
    return .slice(from: first, to: second, step: takes(":") ? try bound() : nil)
  }

  private mutating func bound() throws(ExpressionError) -> Syntax? {
    [.symbol(":"), .symbol(","), .symbol("]")].contains(token.kind) ? nil : try expression()
  }

  // MARK: - Tokens

  private mutating func list(
    until end: String, openedAt start: Range<Int>
  ) throws(ExpressionError) -> (parts: [Syntax], hasComma: Bool) {
    var parts: [Syntax] = []
    var hasComma = false
    while !takes(end) {
      if token.kind == .end { throw closing(end, openedAt: start) }
      parts.append(try expression())
      if takes(end) { break }
      if !takes(",") { throw closing(end, openedAt: start) }
      hasComma = true
    }
    return (parts, hasComma)
  }

  private var token: Token { tokens[position] }

  /// Goes past a symbol, if it stands here.
  private mutating func takes(_ symbol: String) -> Bool {
    guard token.kind == .symbol(symbol) else { return false }
    position += 1
    return true
  }

  private func unexpected(_ expected: String) -> ExpressionError {
    if case .name(let name) = token.kind, let symbol = Self.words[name] {
      return .word(name, symbol: symbol, at: token.columns)
    }
    return .unexpected(token.text, expected: expected, at: token.columns)
  }

  /// What is wrong where a parenthesis or a bracket does not close.
  private func closing(_ end: String, openedAt start: Range<Int>) -> ExpressionError {
    token.kind == .end
      ? .unclosed(end == ")" ? "(" : "[", at: start.lowerBound) : unexpected("',' or '\(end)'")
  }
}

extension Syntax.Index {
  fileprivate var parts: [Syntax] {
    switch self {
    case .value(let value): [value]
    case .slice(let from, let to, let step): [from, to, step].compactMap { $0 }
    case .ellipsis: []
    }
  }
}
