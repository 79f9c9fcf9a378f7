import Foundation

/// The errors of the modules, found in their sources: functions and constants of a type that the
/// language calls an error, with the words that they always say.
struct ErrorCensus {
  struct Message {
    let file: String
    let name: String
    /// The longest of the pieces that its text is made of.
    let words: String
  }

  let messages: [Message]

  init() throws {
    messages = try Repository.files(in: "Sources").flatMap { file in
      Self.messages(in: try Repository.text(file), file)
    }
  }

  /// The texts of all tests, with what they expect, on one line each.
  static func tests() throws -> String {
    let files = try Repository.files(in: "Tests") + Repository.files(in: "Tests", suffix: ".txt")
    return try files.map { Self.joined(try Repository.text($0)) }.joined(separator: "\n")
  }

  private static func messages(in source: String, _ file: String) -> [Message] {
    // Patterns are slow in a debug build, and most files have no errors.
    guard source.contains("Error(") || source.contains("Self(") || source.contains(": Error")
    else { return [] }
    // A member ends where the next one or its extension does.
    let members = source.split(separator: /\n(?=  (?:\/\/\/|static |private |package |public )|})/)
    return members.compactMap { member in
      guard let name = member.firstMatch(of: /static (?:func|let) `?(\w+)/)?.1,
        member.contains(/-> (?:\w*Error|Self|InputMismatch|MalformedGraph)\b|= (?:\w*Error|Self)\(/)
      else { return nil }
      let body = member.contains("static func") ? member.drop { $0 != "{" } : member
      guard let words = StringPieces(in: String(body)).longest else { return nil }
      return Message(file: file, name: String(name), words: words)
    }
  }

  /// Returns a source with literals that go over several lines put together.
  private static func joined(_ source: String) -> String {
    source.replacing(/"\s*\+\s*"/, with: "").replacing(/\\\n\s*/, with: "")
      .replacing(/\s+/, with: " ").replacing("\\\"", with: "\"")
  }
}

/// The pieces of the string literals of a source, cut at their interpolations.
private struct StringPieces {
  private let source: [Character]
  private var place = 0
  private var pieces: [String] = []

  init(in source: String) {
    self.source = Array(source.replacing(/\/\/.*/, with: ""))
    while place < self.source.count {
      if takes("\"\"\"") {
        literal(until: "\"\"\"")
      } else if takes("\"") {
        literal(until: "\"")
      } else {
        place += 1
      }
    }
  }

  /// What joins pieces, which tests may leave out.
  private static let edges = CharacterSet(charactersIn: " :;,'()")

  var longest: String? {
    pieces.map { $0.replacing(/\s+/, with: " ").trimmingCharacters(in: Self.edges) }
      .max { $0.count < $1.count }
  }

  private mutating func literal(until end: String) {
    var piece = ""
    while place < source.count, !takes(end) {
      if takes("\\(") {
        pieces.append(piece)
        piece = ""
        interpolation()
      } else if takes("\\\n") {
        while place < source.count, source[place] == " " { place += 1 }
      } else {
        _ = takes("\\")
        piece.append(source[place])
        place += 1
      }
    }
    pieces.append(piece)
  }

  private mutating func interpolation() {
    var depth = 1
    while depth > 0, place < source.count {
      if takes("\"") {
        while place < source.count, !takes("\"") {
          _ = takes("\\")
          place += 1
        }
      } else {
        depth += source[place] == "(" ? 1 : source[place] == ")" ? -1 : 0
        place += 1
      }
    }
  }

  private mutating func takes(_ text: String) -> Bool {
    guard source[place...].starts(with: text) else { return false }
    place += text.count
    return true
  }
}
