import Glibc

/// The folder that kernels are kept in, as its owner may look at it and clear it up.
package struct CacheReport: Sendable {
  private let folder: CacheFolder

  /// The folder of this process; nil when it keeps nothing.
  package static var standard: CacheReport? { CacheLocation.standard.map { CacheReport($0) } }

  init(_ folder: CacheFolder) { self.folder = folder }

  /// Where it is, whether or not it is there yet.
  package var path: String { folder.path }

  /// The bytes that it may hold.
  package var byteLimit: Int { folder.shardByteLimit * 256 }

  /// A file of the cache.
  package struct File: Sendable, Equatable {
    package let path: String
    package let byteCount: Int
    /// When it was used last, to the hour, in seconds since 1970.
    package let lastUse: Int
    package let content: Content
  }

  /// What a file holds.
  package enum Content: Sendable, Equatable {
    /// A kernel's machine code.
    case kernel(processor: String, llvm: String)
    /// What LLVM says of a processor.
    case processor
    /// Nothing that will be read: the fingerprint or the name is not that of the contents.
    case damaged
    /// What a process that was ended while it wrote has left.
    case draft
  }

  /// Every file of the cache, by its path. Files that the cache did not make are not among them.
  package func files() -> [File] {
    folder.shards.flatMap { shard in
      folder.files(in: shard).compactMap { file in
        content(of: file.path).map { content in
          File(
            path: file.path, byteCount: file.byteCount, lastUse: file.lastUse.tv_sec,
            content: content)
        }
      }
    }.sorted { $0.path < $1.path }
  }

  /// Returns what a file holds; nil where its name is none that the cache gives.
  private func content(of path: String) -> Content? {
    let name = path.split(separator: "/").last ?? ""
    if name.hasPrefix(".") {
      return name.contains(/^\.\d+-\d+$/) ? .draft : nil
    }
    guard name.contains(/^[0-9a-f]{30}$/) else { return nil }
    guard let bytes = folder.contents(of: path), let parts = CacheEntry.parts(of: bytes),
      folder.file(for: Array(parts.question)) == path
    else { return .damaged }
    let lines = String(decoding: parts.question, as: UTF8.self)
      .split(separator: "\n", maxSplits: 5, omittingEmptySubsequences: false)
    guard lines.first == "kernel", lines.count == 6 else { return .processor }
    let llvm = lines[1].split(separator: " ").last ?? ""
    return .kernel(processor: String(lines[4]), llvm: String(llvm))
  }

  /// Removes files, and the folders that are empty then. Other processes may go on using the cache.
  ///
  /// - Returns: The files that could not be removed, with the system's reason.
  package func remove(_ files: [File]) -> [(path: String, reason: String)] {
    var kept: [(path: String, reason: String)] = []
    for file in files where unlink(file.path) != 0 && errno != ENOENT {
      kept.append((file.path, String(cString: strerror(errno))))
    }
    for shard in folder.shards { rmdir(shard) }
    rmdir(folder.path)
    return kept
  }

  /// Keeps an answer, asks for it and removes it; returns what went wrong.
  package func trial() -> String? {
    let question = Array("trial\n\(getpid())".utf8), answer: [UInt8] = [1, 2, 3]
    let file = folder.file(for: question)
    let isThere = access(folder.path, F_OK) == 0
    folder.keep(answer, for: question)
    let isKept = folder.answer(to: question) == answer
    unlink(file)
    rmdir(String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)]))
    if !isThere { rmdir(folder.path) }
    return isKept ? nil : Self.reason(folder.path)
  }

  /// Why a folder cannot be written to, as far as can be seen.
  private static func reason(_ path: String) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return "it is not there and cannot be made" }
    if status.st_mode & S_IFMT != S_IFDIR { return "it is not a folder" }
    if access(path, W_OK | X_OK) != 0 { return String(cString: strerror(errno)).lowercased() }
    return "what is written to it does not come back; the disk may be full"
  }
}
