import Glibc
import Synchronization

/// What `MARTLET_DEBUG` shows on standard error.
///
/// 1 shows passes with their times, 2 kernels with theirs, 3 the text after every pass and of the plan,
/// 4 the kernels as LLVM's text, 5 as assembly. Each level shows those below it too.
enum Debugging {
  /// The level asked for; 0 shows nothing. A value that is no level is told of on the first use.
  static let level: Int = {
    let (level, complaint) = parse(getenv("MARTLET_DEBUG").map { String(cString: $0) })
    if let complaint { write(complaint) }
    return level
  }()

  /// The levels that there are.
  private static let levels = 0...5

  /// Returns the level that a value of the variable stands for, and what is wrong with it.
  static func parse(_ text: String?) -> (level: Int, complaint: String?) {
    guard let text, !text.isEmpty else { return (0, nil) }
    if let level = Int(text), levels.contains(level) { return (level, nil) }
    return (
      0,
      "martlet: MARTLET_DEBUG takes a level from 0 to 5; got '\(text.prefix(40))', which is ignored"
    )
  }

  /// Writes a text that the level asks for.
  static func log(_ level: Int, _ text: () -> String) {
    if level <= Self.level { write(text()) }
  }

  private static let warned = Mutex(false)

  /// Says once why functions run slowly.
  static func warnOnce(_ text: String) {
    let isFirst = warned.withLock { warned in
      defer { warned = true }
      return !warned
    }
    if isFirst { write("martlet: " + text) }
  }

  /// Writes a text with a line end to standard error.
  static func write(_ text: String) {
    var line = text + "\n"
    line.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let written = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
        if written <= 0 { return }  // A closed standard error is no reason to stop.
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
    }
  }
}
