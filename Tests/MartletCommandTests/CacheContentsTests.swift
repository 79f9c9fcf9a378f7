import Foundation
import Testing

@testable import MartletCommand

/// How the cache's contents read.
@Suite struct CacheContentsTests {
  private static func file(
    _ path: String, _ bytes: Int, _ kind: CacheContents.File.Kind, _ processor: String? = nil
  ) -> CacheContents.File {
    CacheContents.File(
      path: path, bytes: bytes, lastUse: 0, kind: kind, processor: processor,
      llvm: processor.map { _ in "19.1.7" })
  }

  private static let contents = CacheContents(
    path: "/c", limitBytes: 256 << 20,
    files: [
      file("/c/a", 5000, .kernel, "znver5"), file("/c/b", 6264, .kernel, "znver5"),
      file("/c/c", 800, .kernel, "haswell"), file("/c/d", 1024, .processor),
      file("/c/e", 7, .damaged), file("/c/f", 0, .draft),
    ])

  @Test("Files are counted by what they hold")
  func list() {
    #expect(
      Self.contents.text(.plain) == """
        /c: 6 files, 12.8 KiB of 256 MiB
        what                                    files        size
        damaged                                     1         7 B
        kernels for haswell, LLVM 19.1.7            1       800 B
        kernels for znver5, LLVM 19.1.7             2      11 KiB
        processors on record                        1       1 KiB
        unfinished                                  1         0 B
        """)
    let empty = CacheContents(path: "/c", limitBytes: 1 << 20, files: [])
    #expect(empty.text(.plain) == "/c: 0 files, 0 B of 1 MiB")
  }

  @Test("Files of no use are named")
  func verify() {
    #expect(
      Self.contents.complaints == [
        "/c/e: damaged; Martlet will not read it",
        "/c/f: left by a process that ended while it wrote",
      ])
  }

  @Test("A file that cannot be removed is named, with the system's reason")
  func notRemoved() {
    #expect(
      CommandError.cannotRemove("/c/a", "permission denied").description
        == "/c/a: cannot be removed; permission denied")
  }

  @Test("JSON holds every file, and is read back")
  func json() throws {
    let data = try JSONEncoder().encode(Self.contents)
    #expect(try JSONDecoder().decode(CacheContents.self, from: data) == Self.contents)
  }
}
