import Glibc

/// The CPU time that Linux control groups grant this process, in cores.
///
/// A container limited to two of sixty-four cores still sees all of them in its affinity mask; with
/// sixty-four threads it would spend its quota early in each period and stand still for the rest.
enum CPUQuota {
  /// Returns the smallest quota of the process's groups and their ancestors, rounded up to whole
  /// cores, or nil where no group has one.
  static func cores(read: (String) -> String? = SystemFile.contents) -> Int? {
    let membership = read("/proc/self/cgroup") ?? ""
    return membership.split(separator: "\n").flatMap { line in
      directories(ofGroup: line).compactMap { quota(in: $0, read: read) }
    }.min()
  }

  /// Returns the folders that may limit the group of one line of `/proc/self/cgroup`, innermost
  /// first: `0::/path` for version 2, `4:cpu,cpuacct:/path` for version 1.
  private static func directories(ofGroup line: Substring) -> [String] {
    let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3 else { return [] }
    let roots: [String]
    if fields[0] == "0" && fields[1].isEmpty {
      roots = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]
    } else if fields[1].split(separator: ",").contains("cpu") {
      roots = ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/\(fields[1])"]
    } else {
      return []
    }
    return roots.flatMap { root in ancestors(of: fields[2]).map { root + $0 } }
  }

  /// Returns `["/a/b", "/a", ""]` for `/a/b`.
  private static func ancestors(of path: Substring) -> [String] {
    let names = path.split(separator: "/")
    return (0...names.count).reversed().map { depth in
      names.prefix(depth).map { "/" + $0 }.joined()
    }
  }

  /// Reads version 2's `cpu.max` ("200000 100000" or "max 100000") or version 1's pair of files.
  private static func quota(in directory: String, read: (String) -> String?) -> Int? {
    let quota: [Substring]
    if let text = read(directory + "/cpu.max") {
      quota = text.split(whereSeparator: \.isWhitespace)
    } else {
      let files = ["/cpu.cfs_quota_us", "/cpu.cfs_period_us"]
      quota = files.compactMap { read(directory + $0)?.split(whereSeparator: \.isWhitespace).first }
    }
    guard quota.count == 2, let time = Int(quota[0]), let period = Int(quota[1]),
      time > 0, period > 0
    else { return nil }
    return time / period + (time % period == 0 ? 0 : 1)
  }
}
