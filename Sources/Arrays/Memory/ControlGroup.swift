/// The Linux control groups of this process.
package enum ControlGroup {
  /// Returns the folders whose files may limit what a controller (`cpu`, `memory`) grants this process: those of
  /// its groups and of their ancestors, innermost first.
  package static func folders(
    of controller: String, read: (String) -> String? = SystemFile.contents
  ) -> [String] {
    let membership = read("/proc/self/cgroup") ?? ""
    return membership.split(separator: "\n").flatMap { folders(ofGroup: $0, controller) }
  }

  /// Returns the folders that may limit the group of one line of `/proc/self/cgroup`: `0::/path` for
  /// version 2, `4:cpu,cpuacct:/path` for version 1.
  private static func folders(ofGroup line: Substring, _ controller: String) -> [String] {
    let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3 else { return [] }
    let roots: [String]
    if fields[0] == "0" && fields[1].isEmpty {
      roots = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]
    } else if fields[1].split(separator: ",").contains(controller[...]) {
      roots = ["/sys/fs/cgroup/\(controller)", "/sys/fs/cgroup/\(fields[1])"]
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
}
