import Foundation

/// Telling what goes on, and what is wrong, where somebody hears it.
enum StandardError {
  /// Writes a text, past any buffer. One that is closed or full, or that nobody reads any more, is no
  /// reason to stop, or to end otherwise.
  static func write(_ text: String) {
    let handler = signal(SIGPIPE, SIG_IGN)
    defer { signal(SIGPIPE, handler) }
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
