import Arrays
import Glibc
import Testing

@Suite("Paths that stand for an open descriptor")
struct DescriptorPathTests {
  private let array = ramp(.int8, [3])

  /// The bytes that the array takes in a file.
  private func content() throws -> [UInt8] {
    try TestFiles.withFolder { folder in
      try array.write(to: folder + "/a.npy")
      return try TestFiles.bytes(folder + "/a.npy")
    }
  }

  /// Runs `body` with a file that holds a line and is open, and returns what it holds afterwards.
  private func opened(_ flags: CInt, _ body: (CInt, String) throws -> Void) throws -> [UInt8] {
    try TestFiles.withFolder { folder in
      let path = folder + "/log.txt"
      try TestFiles.write(Array("log\n".utf8), to: path)
      let descriptor = open(path, O_WRONLY | O_CLOEXEC | flags)
      try #require(descriptor >= 0)
      defer { close(descriptor) }
      try body(descriptor, folder)
      #expect(TestFiles.names(in: folder).allSatisfy { !$0.hasSuffix(".part") })
      return try TestFiles.bytes(path)
    }
  }

  @Test("A file that is open for appending keeps what it has, whatever its descriptor is called")
  func appended() throws {
    let bytes = try opened(O_APPEND) { descriptor, folder in
      let link = folder + "/link.npy"
      for folder in ["/dev/fd", "/proc/self/fd", "/proc/\(getpid())/fd", "/proc/thread-self/fd"] {
        try array.write(to: "\(folder)/\(descriptor)")
      }
      try #require(symlink("/dev/fd/\(descriptor)", link) == 0)
      try array.write(to: link)
    }
    #expect(try bytes == Array("log\n".utf8) + (0..<5).flatMap { _ in try content() })
  }

  @Test("Writing goes on where the descriptor is, and leaves it at the end")
  func position() throws {
    let bytes = try opened(0) { descriptor, _ in
      lseek(descriptor, 2, SEEK_SET)
      try NDArray.save(npz: "/dev/fd/\(descriptor)", [])
      try array.write(to: "/dev/fd/\(descriptor)")
    }
    let nothing = [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18)
    #expect(try bytes == Array("lo".utf8) + nothing + content())
  }

  @Test("A descriptor that is not open is told of, and a link to it stays")
  func closed() throws {
    try TestFiles.withFolder { folder in
      let link = folder + "/link.npy"
      try #require(symlink("/dev/fd/987654", link) == 0)
      for path in ["/dev/fd/987654", link] {
        expectError("\(path): cannot be written; bad file descriptor") { try array.write(to: path) }
      }
      var status = stat()
      #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
      #expect(TestFiles.names(in: folder) == ["link.npy"])
    }
  }

  @Test("A pipe that does not wait by itself is waited for", .timeLimit(.minutes(30)))
  func pipe() async throws {
    var ends: [CInt] = [-1, -1]
    try #require(Glibc.pipe(&ends) == 0)
    // A child of another test's would keep its end open.
    for end in ends { try #require(fcntl(end, F_SETFD, FD_CLOEXEC) == 0) }
    let (output, input) = (ends[0], ends[1])
    defer { close(output) }
    try #require(fcntl(input, F_SETFL, O_NONBLOCK) == 0)
    // More than a pipe holds.
    let large = NDArray.zeros(.int8, shape: [300_000])
    let reader = Task.detached {
      var bytes = [UInt8](repeating: 0, count: 65536), total = 0
      while case let count = read(output, &bytes, bytes.count), count > 0 { total += count }
      return total
    }
    do {
      defer { close(input) }
      try large.write(to: "/dev/fd/\(input)")
    }
    #expect(await reader.value == 300_128)
  }
}
