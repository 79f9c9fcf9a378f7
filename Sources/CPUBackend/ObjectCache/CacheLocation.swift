import Glibc

/// Where kernels are kept from one process to the next.
enum CacheLocation {
  /// The folder of this process; nil when it keeps nothing.
  static let standard: CacheFolder? = {
    // A program that runs with more rights than its caller must not trust the caller's variables.
    guard getuid() == geteuid(), getgid() == getegid() else { return nil }
    return path(program: programPath()) { name in getenv(name).map { String(cString: $0) } }
      .map { CacheFolder(path: $0) }
  }()

  /// Returns the folder that `environment` asks for: `MARTLET_CACHE`, which may be `off`; else
  /// `martlet` in `XDG_CACHE_HOME`, else in `.cache` of the home folder.
  ///
  /// Test bundles keep nothing unless told to: they should neither depend on earlier runs nor leave
  /// anything behind.
  static func path(program: String, environment: (String) -> String?) -> String? {
    switch environment("MARTLET_CACHE") {
    case "off": return nil
    case let path? where !path.isEmpty: return path
    default: break
    }
    if program.hasSuffix(".xctest") { return nil }
    // What is not absolute is to be ignored, says the specification of these folders.
    if let cache = environment("XDG_CACHE_HOME"), cache.hasPrefix("/") { return cache + "/martlet" }
    if let home = environment("HOME"), home.hasPrefix("/") { return home + "/.cache/martlet" }
    return nil
  }

  private static func programPath() -> String {
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
      buffer.withMemoryRebound(to: CChar.self) { buffer in
        guard let start = buffer.baseAddress else { return }
        count = max(0, readlink("/proc/self/exe", start, buffer.count))
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
