import Foundation

/// Whether texts have colours.
struct Style: Equatable {
  let isColored: Bool

  static let plain = Style(isColored: false)
  static let colored = Style(isColored: true)

  /// What suits standard output: colours on a terminal that has them, unless `NO_COLOR` is set.
  static var standardOutput: Style {
    let environment = ProcessInfo.processInfo.environment
    let isRefused =
      environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
    return isatty(STDOUT_FILENO) == 1 && !isRefused ? .colored : .plain
  }

  func bold(_ text: String) -> String { marked("1", text) }
  func red(_ text: String) -> String { marked("31", text) }
  func yellow(_ text: String) -> String { marked("33", text) }
  func green(_ text: String) -> String { marked("32", text) }

  private func marked(_ code: String, _ text: String) -> String {
    isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
