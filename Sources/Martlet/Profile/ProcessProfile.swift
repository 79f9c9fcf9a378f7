import Glibc
import Profiling
import Synchronization

/// The profile of all functions of the process, which `MARTLET_PROFILE` asks for: `1`, `on`, `yes` or
/// `true` prints it to standard error when the process ends; a path that ends in `.json`, `.trace` or
/// anything else gets the JSON, the trace or the text.
enum ProcessProfile {
  /// The functions of the process, if anybody asks for them.
  static let group = target.map { _ in ProfileGroup() }

  /// Where the profile goes.
  enum Target: Equatable {
    case standardError
    case file(String)
  }

  /// Returns what a value of the variable asks for; nil for nothing.
  static func parse(_ text: String?) -> Target? {
    switch text?.lowercased() {
    case nil, "", "0", "off", "no", "false": nil
    case "1", "on", "yes", "true": .standardError
    default: text.map { .file($0) }
    }
  }

  /// Arranges that the profile is written when the process ends, before anything that was registered
  /// up to now: the limits of the machine are measured by code that LLVM makes, which must not be gone
  /// by then. Hence the request is renewed whenever something was compiled.
  static func writeAtExit() {
    if group == nil { return }
    atexit {
      let isFirst = ProcessProfile.isWritten.withLock { isWritten in
        defer { isWritten = true }
        return !isWritten
      }
      if isFirst { ProcessProfile.write() }
    }
  }

  private static let isWritten = Mutex(false)

  private static let target = parse(getenv("MARTLET_PROFILE").map { String(cString: $0) })

  private static func write() {
    guard let group, let target else { return }
    let profile = Profile(group)
    do {
      switch target {
      case .standardError: Debugging.write(profile.summary())
      case .file(let path) where path.hasSuffix(".json"):
        try OutputText.write(profile.json + "\n", to: path)
      case .file(let path) where path.hasSuffix(".trace"): try profile.trace(to: path)
      case .file(let path): try OutputText.write(profile.summary() + "\n", to: path)
      }
    } catch {
      Debugging.write("martlet: MARTLET_PROFILE: \(error)")
    }
  }
}
