import Glibc

/// A path that stands for a descriptor of this process, as `/dev/stdout`, `/dev/fd/1` and links to them
/// do.
///
/// The file behind it is open already, perhaps half written by somebody else. To open it once more
/// would begin at its start, and to replace it would take away what is there.
struct DescriptorPath {
  /// The descriptor, which need not be open.
  let number: CInt

  /// Follows the links of a path until one lies in the system's folder of descriptors; nil where none
  /// does.
  init?(_ path: String) {
    var path = path
    // The system follows as many links as this.
    for _ in 0..<40 {
      let start = SystemPath.folder(of: path)
      let name = path.dropFirst(start.count)
      guard let folder = SystemPath.resolved(start.isEmpty ? "." : String(start)) else {
        return nil
      }
      if Self.isFolderOfDescriptors(folder) {
        guard let number = CInt(name), "\(number)" == name else { return nil }
        self.number = number
        return
      }
      guard let link = SystemPath.link("\(folder)/\(name)") else { return nil }
      path = link.hasPrefix("/") ? link : "\(folder)/\(link)"
    }
    return nil
  }

  /// Returns a descriptor of the same open file, or -1.
  func duplicate() -> CInt { fcntl(number, F_DUPFD_CLOEXEC, 0) }

  /// Threads have folders of their own, with the same descriptors.
  private static func isFolderOfDescriptors(_ folder: String) -> Bool {
    guard let process = SystemPath.resolved("/proc/self") else { return false }
    return folder == process + "/fd"
      || folder.hasPrefix(process + "/task/") && folder.hasSuffix("/fd")
  }
}
