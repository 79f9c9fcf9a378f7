import Arrays
import Glibc

/// A folder of answers that took long to find, for this process and later ones.
///
/// Several processes may use it at once: a file appears whole, by being renamed, and is never
/// changed. Nothing here is an error: what cannot be read is not known, and what cannot be written
/// is not kept.
///
/// The files lie in 256 shards by the first byte of their names. Whoever writes to a shard removes
/// what was not used for longest from it, so no process ever looks at all files.
struct CacheFolder: Sendable {
  let path: String
  /// The bytes that a shard may hold; a 256th of what the folder may.
  let shardByteLimit: Int

  init(path: String, byteLimit: Int = 256 << 20) {
    self.path = path
    shardByteLimit = byteLimit / 256
  }

  /// A pipe in the place of a file is not waited for.
  private static let readingFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK

  /// Where the answer to `question` is kept.
  func file(for question: [UInt8]) -> String {
    let name = Fingerprint(of: question).text
    return "\(path)/\(name.prefix(2))/\(name.dropFirst(2))"
  }

  /// Returns the answer to `question`, if it is kept and undamaged.
  func answer(to question: [UInt8]) -> [UInt8]? {
    let descriptor = open(file(for: question), Self.readingFlags)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    // Machine code that others could have written is not run.
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_uid == geteuid(), status.st_mode & (S_IWGRP | S_IWOTH) == 0,
      let bytes = contents(of: descriptor, count: Int(status.st_size)),
      let answer = CacheEntry.answer(to: question, in: bytes)
    else { return nil }
    // The time says when a file was used last, to the hour; a write for each use would be a waste.
    if time(nil) - status.st_mtim.tv_sec > 3600 { futimens(descriptor, nil) }
    return answer
  }

  /// Keeps the answer to `question`.
  func keep(_ answer: [UInt8], for question: [UInt8]) {
    let bytes = CacheEntry.encoded(question: question, answer: answer)
    // A few files must fit, or a shard would lose everything whenever a large one comes.
    guard bytes.count <= shardByteLimit / 4 else { return }
    let file = file(for: question)
    let shard = String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)])
    let draft = "\(shard)/.\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    guard let descriptor = create(draft, in: shard) else { return }
    let isWritten = write(bytes, to: descriptor)
    let isClosed = close(descriptor) == 0
    guard isWritten, isClosed, rename(draft, file) == 0 else {
      unlink(draft)
      return
    }
    trim(shard)
  }
}

extension CacheFolder {
  /// Returns what a file holds, if it can be read.
  func contents(of file: String) -> [UInt8]? {
    let descriptor = open(file, Self.readingFlags)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return contents(of: descriptor, count: Int(status.st_size))
  }

  private func contents(of descriptor: Int32, count: Int) -> [UInt8]? {
    guard count <= shardByteLimit else { return nil }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while let start = buffer.baseAddress, filled < count {
        let received = read(descriptor, start + filled, count - filled)
        if received < 0, errno == EINTR { continue }
        if received <= 0 { break }
        filled += received
      }
    }
    return bytes.count == count ? bytes : nil
  }

  /// Writes all of a new file, if that can be.
  private func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    guard FileSizeLimit.admits(bytes.count) else { return false }
    return bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = Glibc.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written < 0, errno == EINTR { continue }
        if written <= 0 { return false }
        rest = rest.dropFirst(written)
      }
      return true
    }
  }

  /// Opens a new file, and makes the folders that it takes.
  private func create(_ file: String, in shard: String) -> Int32? {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    var descriptor = open(file, flags, 0o600)
    if descriptor < 0, errno == ENOENT {
      makeFolder(shard)
      descriptor = open(file, flags, 0o600)
    }
    return descriptor < 0 ? nil : descriptor
  }

  private func makeFolder(_ path: String) {
    guard mkdir(path, 0o700) != 0, errno == ENOENT, let slash = path.lastIndex(of: "/") else {
      return
    }
    makeFolder(String(path[..<slash]))
    mkdir(path, 0o700)
  }
}

extension CacheFolder {
  struct File {
    let path: String
    let byteCount: Int
    let lastUse: timespec
  }

  /// Removes the files of a shard that were not used for longest until there is some room again.
  private func trim(_ shard: String) {
    var files = files(in: shard)
    var total = files.reduce(0) { $0 + $1.byteCount }
    guard total > shardByteLimit else { return }
    files.sort { ($0.lastUse.tv_sec, $0.lastUse.tv_nsec) < ($1.lastUse.tv_sec, $1.lastUse.tv_nsec) }
    for file in files where total > shardByteLimit / 4 * 3 {
      unlink(file.path)
      total -= file.byteCount
    }
  }

  /// The folders that files lie in, in order.
  var shards: [String] {
    Self.names(in: path).filter { $0.contains(/^[0-9a-f]{2}$/) }.sorted().map { "\(path)/\($0)" }
  }

  func files(in shard: String) -> [File] {
    Self.names(in: shard).compactMap { name in
      var status = stat()
      let path = "\(shard)/\(name)"
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      return File(path: path, byteCount: Int(status.st_size), lastUse: status.st_mtim)
    }
  }

  private static func names(in path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names
  }
}
