internal import Arrays

/// The CPU time that Linux control groups grant this process, in cores.
///
/// A container limited to two of sixty-four cores still sees all of them in its affinity mask; with
/// sixty-four threads it would spend its quota early in each period and stand still for the rest.
enum CPUQuota {
  /// Returns the smallest quota of the process's groups and their ancestors, rounded up to whole
  /// cores, or nil where no group has one.
  static func cores(read: (String) -> String? = SystemFile.contents) -> Int? {
    ControlGroup.folders(of: "cpu", read: read).compactMap { quota(in: $0, read: read) }.min()
  }

  /// Reads version 2's `cpu.max` ("200000 100000" or "max 100000") or version 1's pair of files.
  private static func quota(in folder: String, read: (String) -> String?) -> Int? {
    let quota: [Substring]
    if let text = read(folder + "/cpu.max") {
      quota = text.split(whereSeparator: \.isWhitespace)
    } else {
      let files = ["/cpu.cfs_quota_us", "/cpu.cfs_period_us"]
      quota = files.compactMap { read(folder + $0)?.split(whereSeparator: \.isWhitespace).first }
    }
    guard quota.count == 2, let time = Int(quota[0]), let period = Int(quota[1]),
      time > 0, period > 0
    else { return nil }
    return time / period + (time % period == 0 ? 0 : 1)
  }
}
