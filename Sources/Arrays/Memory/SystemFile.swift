import Glibc

/// What the kernel says of the machine in files under `/proc` and `/sys`.
package enum SystemFile {
  /// Reads a small file whole, or nil where it does not open. Files under `/proc` and `/sys` have
  /// no size to ask for.
  package static func contents(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let bytes = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
      count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
