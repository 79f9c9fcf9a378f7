import Foundation

/// A line on a terminal that says what is going on. Nobody sees it in a file or a pipe.
struct Progress {
  private let isShown: Bool

  /// Progress on standard error, if that is a terminal.
  init() { isShown = isatty(STDERR_FILENO) == 1 }

  /// Shows a text in place of the one before.
  func show(_ text: String) {
    if isShown { StandardError.write("\r\u{1B}[K\(text)…") }
  }

  /// Makes room for what is printed next.
  func erase() {
    if isShown { StandardError.write("\r\u{1B}[K") }
  }
}
