import Glibc

/// How much memory arrays may take together.
package enum MemoryLimit {
  /// The machine's memory and swap, or what the process's control group allows when that is less.
  ///
  /// The kernel promises more memory than there is and kills the process that believes it; blocks
  /// beyond this are refused instead.
  package static let byteCount: Int = min(memory + swap, controlGroup ?? .max)

  private static var memory: Int { sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) }

  private static var swap: Int {
    let line = lines(ofFile: "/proc/meminfo").first { $0.hasPrefix("SwapTotal:") }
    let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (kibibytes ?? 0) * 1024
  }

  /// The word `max`, which stands for no limit, is not a number.
  private static var controlGroup: Int? {
    ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
      .lazy.compactMap { lines(ofFile: $0).first.flatMap { Int($0) } }.first
  }

  /// Returns the lines of one of the kernel's small files; none if it is not there.
  private static func lines(ofFile path: String) -> [Substring] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
  }
}
