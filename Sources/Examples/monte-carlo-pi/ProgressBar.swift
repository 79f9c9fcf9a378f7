import Foundation

/// A line on a terminal that shows how far a long piece of work is. Nobody sees it on short ones, nor in
/// a file or a pipe.
struct ProgressBar {
  private let total: Int
  private let isOnTerminal = isatty(STDERR_FILENO) == 1
  private let clock = Stopwatch()
  private var shownAt = 0.0

  /// Begins work of so many steps.
  init(total: Int) { self.total = total }

  /// Shows how many steps are done, unless the work is younger than a second or was shown just now.
  mutating func show(_ done: Int) {
    guard isOnTerminal else { return }
    let elapsed = clock.seconds
    guard elapsed > 1, elapsed - shownAt > 0.1 else { return }
    shownAt = elapsed
    let share = Double(done) / Double(total), width = 40
    let filled = Int(share * Double(width))
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
    let left = elapsed / share - elapsed
    write("\r[\(bar)] \(Int(share * 100)) %, \(String(format: "%.0f", left)) s left ")
  }

  /// Makes room for what is printed next.
  func erase() {
    if shownAt > 0 { write("\r\u{1B}[K") }
  }

  /// A terminal that is gone is no reason to stop.
  private func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
