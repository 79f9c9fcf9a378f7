import Glibc

/// How much memory arrays may take together.
package enum MemoryLimit {
  /// The machine's memory and swap, or what the process's control groups allow when that is less.
  ///
  /// The kernel promises more memory than there is and kills the process that believes it; blocks
  /// beyond this are refused instead.
  package static let byteCount: Int = min(memory + swap, ofGroups() ?? .max)

  private static var memory: Int { sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) }

  private static var swap: Int {
    let lines = SystemFile.contents("/proc/meminfo")?.split(separator: "\n") ?? []
    let line = lines.first { $0.hasPrefix("SwapTotal:") }
    let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (kibibytes ?? 0) * 1024
  }

  /// Returns the smallest limit of the process's groups and their ancestors, or nil where there is none: the
  /// word `max` is not a number.
  static func ofGroups(read: (String) -> String? = SystemFile.contents) -> Int? {
    ControlGroup.folders(of: "memory", read: read).flatMap { folder in
      ["/memory.max", "/memory.limit_in_bytes"].compactMap { file in
        read(folder + file)?.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
      }
    }.min()
  }
}
