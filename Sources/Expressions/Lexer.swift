/// Cuts the text of an expression into tokens, by Python's rules.
struct Lexer {
  private let characters: [Character]
  private var column = 0

  /// Longest first: what begins like another is tried before it.
  private static let symbols = [
    "...", "**", "//", "<=", ">=", "==", "!=", "+", "-", "*", "/", "%", "@", "<", ">", "&", "|",
    "^",
    "~", "(", ")", "[", "]", ",", ":", "=", ".",
  ]

  private init(_ text: String) { characters = Array(text) }

  /// Returns the tokens of `text`, the last of which is its end.
  static func tokens(of text: String) throws(ExpressionError) -> [Token] {
    var lexer = Lexer(text)
    var tokens: [Token] = []
    repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
    return tokens
  }

  private mutating func next() throws(ExpressionError) -> Token {
    _ = take { $0.isWhitespace }
    let start = column
    guard start < characters.count else {
      return Token(kind: .end, columns: start..<start)
    }
    let kind = try kind(of: characters[start], at: start)
    return Token(kind: kind, columns: start..<column)
  }

  private mutating func kind(
    of first: Character, at start: Int
  ) throws(ExpressionError) -> Token.Kind {
    if first.isLetter || first == "_" {
      return .name(take { $0.isLetter || $0.isNumber || $0 == "_" })
    }
    let next = start + 1 < characters.count ? characters[start + 1] : " "
    if isDigit(first) || first == "." && isDigit(next) { return try number(from: start) }
    if first == "'" || first == "\"" { return try text(quotedBy: first, from: start) }
    for symbol in Self.symbols where characters[start...].starts(with: symbol) {
      column += symbol.count
      return .symbol(symbol)
    }
    throw .unknownCharacter(first, at: start)
  }

  private mutating func text(
    quotedBy mark: Character, from start: Int
  ) throws(ExpressionError) -> Token.Kind {
    column += 1
    let content = take { $0 != mark }
    guard column < characters.count else { throw .unclosed(String(mark), at: start) }
    column += 1
    return .text(content)
  }

  /// Reads a number up to where letters and digits end, so that `2x` is one wrong number.
  private mutating func number(from start: Int) throws(ExpressionError) -> Token.Kind {
    var text = take { isDigit($0) || $0 == "_" || $0 == "." }
    if column < characters.count, characters[column] == "e" || characters[column] == "E" {
      text += take { $0 == "e" || $0 == "E" }
      if column < characters.count, characters[column] == "+" || characters[column] == "-" {
        text.append(characters[column])
        column += 1
      }
    }
    text += take { $0.isLetter || $0.isNumber || $0 == "_" }
    let digits = text.filter { $0 != "_" }
    if digits.allSatisfy(isDigit) {
      guard let value = UInt64(digits) else { throw .integerTooLarge(digits, at: start..<column) }
      return .integer(value)
    }
    guard let value = Double(digits), !digits.contains(where: { $0 == "x" || $0 == "X" }) else {
      throw .notANumber(text, at: start..<column)
    }
    return .real(value)
  }

  private mutating func take(while condition: (Character) -> Bool) -> String {
    let start = column
    while column < characters.count, condition(characters[column]) { column += 1 }
    return String(characters[start..<column])
  }
}

private func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
