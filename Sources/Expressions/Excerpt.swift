/// The part of an expression around a place, with a line below it that marks the place.
struct Excerpt {
  let lines: [String]

  /// How many characters are shown.
  private static let widest = 76

  /// - Parameters:
  ///   - columns: What the message speaks of, underlined.
  ///   - mark: The column that the arrow points at.
  init(of source: String, _ columns: Range<Int>, mark: Int) {
    // A line break would tear the two lines apart.
    let characters = source.map { $0.isWhitespace ? " " : $0 }
    let first = max(0, min(mark - Self.widest / 2, characters.count - Self.widest))
    let shown = first..<min(first + Self.widest, characters.count)
    let (before, after) = (first > 0 ? "…" : "", shown.upperBound < characters.count ? "…" : "")
    let line = before + String(characters[shown]) + after
    let underline = (first...max(mark, shown.upperBound)).map { column -> Character in
      column == mark ? "^" : columns.contains(column) ? "~" : " "
    }
    var below = String(underline)
    while below.last == " " { below.removeLast() }
    lines =
      line.allSatisfy { $0 == " " }
      ? [] : [line, String(repeating: " ", count: before.count) + below]
  }
}
