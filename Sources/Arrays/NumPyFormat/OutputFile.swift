import Glibc

/// A file in the making, which takes the place of the old one when it is whole.
///
/// It grows beside the old file under a name of its own and is renamed by `commit()`; without that it
/// is removed. Devices and pipes, which cannot be replaced, are written to as they are, and so is what
/// the process has open where the path stands for its descriptor.
package struct OutputFile: ~Copyable {
  /// The file as the caller named it, for errors.
  let path: String
  /// The bytes written so far.
  private(set) var byteCount = 0

  /// Below zero once the file is closed.
  private var descriptor: CInt
  private let target: String
  /// `nil` once the file has its place, and for what is written to as it is.
  private var temporary: String?

  package init(_ path: String) throws(ArrayError) {
    self.path = path
    // The file behind a link is replaced, not the link.
    target = SystemPath.resolved(path) ?? path
    var status = stat()
    let exists = stat(target, &status) == 0
    if let held = DescriptorPath(path) {
      temporary = nil
      descriptor = held.duplicate()
    } else if exists, status.st_mode & S_IFMT != S_IFREG {
      temporary = nil
      descriptor = open(target, O_WRONLY | O_CLOEXEC)
    } else {
      // A short name: the file's own may have no room for more.
      let name =
        "\(SystemPath.folder(of: target)).\(getpid())-\(UInt32.random(in: 0 ... .max)).part"
      temporary = name
      let permissions = exists ? status.st_mode & 0o777 : 0o666
      descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
      // The permissions stay, of which `open` leaves out those that new files do not get.
      if exists, descriptor >= 0 { fchmod(descriptor, permissions) }
    }
    guard descriptor >= 0 else { throw .cannotWrite(path, reason: SystemError.text) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if let temporary { unlink(temporary) }
  }

  /// Appends a text.
  package mutating func write(_ text: String) throws(ArrayError) { try write(Array(text.utf8)) }

  /// Appends bytes.
  mutating func write(_ bytes: [UInt8]) throws(ArrayError) {
    try bytes.withUnsafeBufferPointer { bytes throws(ArrayError) in
      try write(UnsafeRawBufferPointer(bytes))
    }
  }

  /// Appends bytes.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(ArrayError) {
    guard let base = bytes.baseAddress else { return }
    guard admits(bytes.count) else {
      throw .cannotWrite(path, reason: SystemError.text(of: EFBIG))
    }
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(descriptor, base + done, bytes.count - done)
      if count < 0, errno == EINTR || errno == EAGAIN && isReady() { continue }
      guard count > 0 else { throw .cannotWrite(path, reason: SystemError.text) }
      done += count
    }
    byteCount += bytes.count
  }

  /// Whether the system lets the file grow by so much; pipes and devices do not grow.
  private func admits(_ byteCount: Int) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return true }
    let isAppended = fcntl(descriptor, F_GETFL) & O_APPEND != 0
    let place = isAppended ? status.st_size : lseek(descriptor, 0, SEEK_CUR)
    return FileSizeLimit.admits(byteCount, behind: place)
  }

  /// Waits until there is room, for a descriptor whose other holders do not want to be kept waiting.
  private func isReady() -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&request, 1, -1) > 0 || errno == EINTR
  }

  /// Puts the file in its place; it takes no more bytes.
  package mutating func commit() throws(ArrayError) {
    let isClosed = close(descriptor) == 0
    descriptor = -1
    // Some file systems say only when the file is closed that the disk is full.
    guard isClosed else { throw .cannotWrite(path, reason: SystemError.text) }
    if let temporary, rename(temporary, target) != 0 {
      throw .cannotWrite(path, reason: SystemError.text)
    }
    temporary = nil
  }
}
