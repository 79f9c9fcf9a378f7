/// The lines of a text, read from the first to the last.
struct Lines {
  private var lines: ArraySlice<Substring>

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
  }

  /// The next line, which stays.
  var next: String? { lines.first.map(String.init) }

  mutating func line() throws -> String {
    guard let line = lines.popFirst() else {
      throw TheanoProfile.Unreadable(line: "the end", expected: "a line")
    }
    return String(line)
  }

  mutating func expect(_ expected: String) throws {
    let line = try line()
    if line != expected { throw TheanoProfile.Unreadable(line: line, expected: expected) }
  }

  mutating func text(after prefix: String) throws -> String {
    let line = try line()
    guard line.hasPrefix(prefix) else {
      throw TheanoProfile.Unreadable(line: line, expected: prefix)
    }
    return String(line.dropFirst(prefix.count))
  }

  mutating func seconds(after prefix: String) throws -> Double {
    var words = Words(try text(after: prefix))
    return try words.seconds()
  }

  mutating func integer(after prefix: String) throws -> Int {
    var words = Words(try text(after: prefix))
    return try words.integer()
  }

  /// Reads `1.5e-01s (80.000%)`, whose share is that of `whole`.
  mutating func shareOfCalls(after prefix: String, _ whole: Double) throws -> Double {
    let text = try text(after: prefix)
    var words = Words(text)
    let seconds = try words.seconds()
    let share = try words.word()
    guard share.hasPrefix("("), share.hasSuffix("%)"),
      let percent = Double(share.dropFirst().dropLast(2)),
      abs(percent - 100 * seconds / whole) < 0.01
    else { throw TheanoProfile.Unreadable(line: text, expected: "(share%)") }
    return seconds
  }
}

/// The words of a line, read from the first to the last.
struct Words {
  private var text: Substring

  init(_ text: String) { self.text = text[...] }

  /// What is left, without blanks before it.
  var rest: String { String(text.drop { $0 == " " }) }

  var next: String? { text.split(separator: " ").first.map(String.init) }

  mutating func word() throws -> String {
    text = text.drop { $0 == " " }
    let word = text.prefix { $0 != " " }
    if word.isEmpty { throw TheanoProfile.Unreadable(line: String(text), expected: "a word") }
    text = text.dropFirst(word.count)
    return String(word)
  }

  mutating func expect(_ expected: String...) throws { try expect(expected) }

  mutating func expect(_ expected: [String]) throws {
    for expected in expected {
      let word = try word()
      if word != expected { throw TheanoProfile.Unreadable(line: word, expected: expected) }
    }
  }

  mutating func integer() throws -> Int {
    let word = try word()
    guard let value = Int(word) else {
      throw TheanoProfile.Unreadable(line: word, expected: "a whole number")
    }
    return value
  }

  mutating func seconds() throws -> Double { try number(before: "s") }

  mutating func number(before unit: String) throws -> Double {
    let word = try word()
    guard word.hasSuffix(unit), let value = Double(word.dropLast(unit.count)) else {
      throw TheanoProfile.Unreadable(line: word, expected: "a number and '\(unit)'")
    }
    return value
  }

  /// Reads `0.00%(0.00s)`.
  mutating func percentAndSeconds() throws -> (Double, Double) {
    let word = try word()
    let parts = word.split(separator: "(", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].hasSuffix("%"), parts[1].hasSuffix("s)"),
      let percent = Double(parts[0].dropLast()), let seconds = Double(parts[1].dropLast(2))
    else { throw TheanoProfile.Unreadable(line: word, expected: "0.00%(0.00s)") }
    return (percent, seconds)
  }

  /// Reads columns of these widths.
  mutating func columns(_ widths: [Int]) -> [String] {
    widths.map { width in
      defer { text = text.dropFirst(width) }
      return String(text.prefix(width))
    }
  }
}

extension String {
  /// Without blanks at either end.
  var trimmed: String {
    var text = self[...].drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  /// The first place of a text, or the last.
  func range(of text: String, fromEnd: Bool) -> Range<Index>? {
    let ranges = self.ranges(of: text)
    return fromEnd ? ranges.last : ranges.first
  }
}
