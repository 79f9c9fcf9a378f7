import Glibc

/// Reading whole files.
enum InputFile {
  /// Files of at least this many bytes are mapped.
  private static let mappingThreshold = 1 << 20

  /// Returns the bytes of a file, as a private mapping if it is large.
  ///
  /// A file that another process shortens while it is mapped takes the process with it, as with
  /// every mapping; `write(to:)` replaces files as a whole and does not do that.
  static func storage(_ path: String) throws(ArrayError) -> ArrayStorage {
    // A pipe is refused below; without the flag it would be waited for here.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .cannotRead(path, reason: SystemError.text) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .cannotRead(path, reason: SystemError.text) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path) }

    let byteCount = Int(status.st_size)
    if byteCount >= mappingThreshold {
      let mapping = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0)
      if let mapping, mapping != MAP_FAILED {
        return ArrayStorage(mapping: mapping, byteCount: byteCount)
      }
    }
    let storage = try ArrayStorage.allocate(byteCount: byteCount, for: path)
    try read(descriptor, into: storage, path)
    return storage
  }

  private static func read(
    _ descriptor: CInt, into storage: ArrayStorage, _ path: String
  ) throws(ArrayError) {
    var done = 0
    while done < storage.byteCount {
      let count = Glibc.read(descriptor, storage.base + done, storage.byteCount - done)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .cannotRead(path, reason: SystemError.text) }
      guard count > 0 else { throw .shortened(path, expected: storage.byteCount, found: done) }
      done += count
    }
  }
}

/// What the operating system says went wrong.
enum SystemError {
  /// The text for `errno`: `no such file or directory`.
  static var text: String { text(of: errno) }

  /// The text for a number that `errno` may have.
  static func text(of code: CInt) -> String {
    var bytes = [CChar](repeating: 0, count: 128)
    // Unlike `strerror`, this may be called on any thread.
    strerror_r(code, &bytes, bytes.count)
    let text = String(
      decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
