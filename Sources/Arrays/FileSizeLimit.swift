import Glibc

/// How large the system lets the files of this process grow, as `ulimit -f` says.
///
/// A write that begins there ends the process by a signal, so whoever writes asks before.
package enum FileSizeLimit {
  /// Whether a file may take so many bytes behind those that it has.
  package static func admits(_ byteCount: Int, behind place: Int = 0) -> Bool {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { return true }
    return UInt(clamping: place) + UInt(clamping: byteCount) <= limit.rlim_cur
  }
}
