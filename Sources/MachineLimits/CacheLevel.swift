import Arrays
import Glibc

/// A cache for data, as the first processor sees it.
package struct CacheLevel: Sendable, Equatable {
  /// 1 for the nearest.
  package let level: Int
  package let byteCount: Int
  /// How many processors share it.
  package let sharedBy: Int

  /// The data caches of this machine, the nearest first; empty where the system does not tell.
  package static let all: [CacheLevel] = read(SystemFile.contents)

  /// The bytes of a core's own caches, beyond which prefetching and ways past the caches matter.
  static let innerByteCount = all.last { $0.level == 2 }?.byteCount ?? 1 << 20
  /// The bytes of the last cache.
  static let lastByteCount = all.last?.byteCount ?? 1 << 25

  /// Reads what Linux says in files.
  static func read(_ contents: (String) -> String?) -> [CacheLevel] {
    let levels = (0..<8).compactMap { index -> CacheLevel? in
      func line(_ name: String) -> Substring? {
        contents("/sys/devices/system/cpu/cpu0/cache/index\(index)/\(name)")?
          .split(separator: "\n").first
      }
      guard let level = line("level").flatMap({ Int($0) }), line("type") != "Instruction",
        let byteCount = line("size").flatMap(bytes)
      else { return nil }
      let sharers = line("shared_cpu_list").map(processors) ?? 1
      return CacheLevel(level: level, byteCount: byteCount, sharedBy: max(1, sharers))
    }
    return levels.sorted { $0.level < $1.level }
  }

  /// Reads `48K` or `1M`.
  private static func bytes(_ text: Substring) -> Int? {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    guard let last = text.last, let unit = units[last] else { return Int(text) }
    guard let number = Int(text.dropLast()), number > 0 else { return nil }
    return number.multipliedReportingOverflow(by: unit).overflow ? nil : number * unit
  }

  /// Counts the processors of `0-3,8`.
  private static func processors(_ list: Substring) -> Int {
    list.split(separator: ",").reduce(0) { count, range in
      let ends = range.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, last >= first else { return count }
      return count + last - first + 1
    }
  }
}
