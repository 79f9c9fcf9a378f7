import Arrays
import Glibc
import Testing

/// The files beside the tests, and a folder for those that tests make.
enum TestFiles {
  /// Returns the path of a file that NumPy made.
  static func fixture(_ name: String, beside file: String = #filePath) -> String {
    file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
      + "/Fixtures/" + name
  }

  /// Runs `body` with a new folder, which is gone afterwards.
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    var template = Array("/tmp/martlet-XXXXXX".utf8CString)
    let made = mkdtemp(&template)
    let folder = String(cString: try #require(made))
    defer {
      for name in names(in: folder) { unlink("\(folder)/\(name)") }
      rmdir(folder)
    }
    return try body(folder)
  }

  /// Returns the names of the files in a folder.
  static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Returns the bytes of a file.
  static func bytes(_ path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: ftell(file))
    rewind(file)
    #expect(fread(&bytes, 1, bytes.count, file) == bytes.count)
    return bytes
  }

  /// Makes a file.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }

  /// Makes a `.npy` file of a header as it stands and some data.
  static func writeNumPy(
    _ header: String, version: UInt8 = 1, data: Int = 0, to path: String
  ) throws {
    let count = header.utf8.count
    let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    let start = [0x93] + Array("NUMPY".utf8) + [version, 0] + length
    try write(start + Array(header.utf8) + [UInt8](repeating: 0, count: data), to: path)
  }
}

/// Runs `body` while no file of this process may hold more bytes, and one that would ends it.
func withFileSizeLimit(_ byteCount: UInt, _ body: () throws -> Void) throws {
  // Whoever started the tests may have had the signal ignored, and threads of Dispatch have it blocked.
  signal(SIGXFSZ, SIG_DFL)
  var signals = sigset_t()
  sigaddset(&signals, SIGXFSZ)
  pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
  var limit = rlimit()
  getrlimit(resource, &limit)
  var small = rlimit(rlim_cur: byteCount, rlim_max: limit.rlim_max)
  try #require(setrlimit(resource, &small) == 0)
  defer { setrlimit(resource, &limit) }
  try body()
}

/// Runs `body` and compares the whole text of the error that it throws.
func expectError(
  _ text: String, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  } catch {
    #expect("\(error)" == text, sourceLocation: sourceLocation)
  }
}
