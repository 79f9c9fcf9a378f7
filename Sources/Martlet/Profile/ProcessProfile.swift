import Glibc
import Profiling
import Synchronization

/// The profile of all functions of the process, which `MARTLET_PROFILE` asks for: `1` prints it to
/// standard error when the process ends; a path that ends in `.json`, `.trace` or anything else gets
/// the JSON, the trace or the text.
enum ProcessProfile {
  /// The functions of the process, if anybody asks for them.
  static let group: ProfileGroup? = {
    guard let target, target != "0", !target.isEmpty else { return nil }
    return ProfileGroup()
  }()

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

  private static let target = getenv("MARTLET_PROFILE").map { String(cString: $0) }

  private static func write() {
    guard let group, let target else { return }
    let profile = Profile(group)
    do {
      if target == "1" {
        Debugging.write(profile.summary())
      } else if target.hasSuffix(".json") {
        try OutputText.write(profile.json + "\n", to: target)
      } else if target.hasSuffix(".trace") {
        try profile.trace(to: target)
      } else {
        try OutputText.write(profile.summary() + "\n", to: target)
      }
    } catch {
      Debugging.write("martlet: MARTLET_PROFILE: \(error)")
    }
  }
}
