import Foundation
import Testing

@testable import CPUBackend

/// What the back end tells about itself.
@Suite struct ReportTests {
  @Test("The cache's files are listed by what they hold; foreign ones are left alone")
  func cacheFiles() throws {
    let temporary = try TemporaryCache()
    let folder = temporary.folder()
    let kernel = "kernel\nllvm 19.1.7\nrecipe\ntriple\nznver5\n+avx\n[\"kernel\"]\ndefine"
    folder.keep([1], for: Array(kernel.utf8))
    folder.keep([2], for: Array("host\nrecipe".utf8))
    folder.keep([3], for: Array("kernel\nbroken".utf8))
    let broken = folder.file(for: Array("kernel\nbroken".utf8))
    try Data([1, 2, 3]).write(to: URL(filePath: broken))
    let shard = URL(filePath: broken).deletingLastPathComponent()
    let draft = shard.appending(path: ".12-34").path, foreign = shard.appending(path: "notes").path
    for path in [draft, foreign] { try Data([0]).write(to: URL(filePath: path)) }
    let report = CacheReport(folder)
    let files = report.files()
    #expect(
      Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.content) }) == [
        folder.file(for: Array(kernel.utf8)): .kernel(processor: "znver5", llvm: "19.1.7"),
        folder.file(for: Array("host\nrecipe".utf8)): .processor, broken: .damaged, draft: .draft,
      ])
    #expect(report.remove(files).isEmpty)
    #expect(report.files().isEmpty)
    #expect(try temporary.files.keys.map { $0 } == [foreign])
  }

  @Test("A file under another's name is damaged")
  func misnamed() throws {
    let temporary = try TemporaryCache()
    let folder = temporary.folder()
    folder.keep([1], for: [1])
    try FileManager.default.moveItem(
      atPath: folder.file(for: [1]), toPath: folder.file(for: [1]).dropLast() + "_")
    #expect(CacheReport(folder).files().isEmpty)
  }

  @Test("A trial leaves nothing behind, and says what is wrong with a folder")
  func trial() throws {
    let temporary = try TemporaryCache()
    #expect(CacheReport(temporary.folder()).trial() == nil)
    #expect(try temporary.files.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: temporary.folder().path))
    let file = temporary.url.appending(path: "file")
    try Data([1]).write(to: file)
    #expect(CacheReport(CacheFolder(path: file.path)).trial() == "it is not a folder")
    #expect(
      CacheReport(CacheFolder(path: file.path + "/x")).trial()
        == "it is not there and cannot be made")
  }

  @Test("The report on threads tells the variable that decides")
  func threads() {
    func deciding(_ environment: [String: String]) -> String? {
      ThreadBudget.deciding { environment[$0] }
    }
    #expect(deciding([:]) == nil)
    #expect(deciding(["OMP_NUM_THREADS": "3"]) == "OMP_NUM_THREADS")
    #expect(
      deciding(["OMP_NUM_THREADS": "3", "MARTLET_NUM_THREADS": "2"]) == "MARTLET_NUM_THREADS")
    #expect(deciding(["OMP_NUM_THREADS": "3", "MARTLET_NUM_THREADS": "many"]) == "OMP_NUM_THREADS")
    #expect(ThreadReport.make().budget == ThreadBudget.standard.threads)
  }

  @Test("The report on BLAS agrees with the library")
  func blas() {
    let report = BLASReport.make()
    #expect(report.version.hasPrefix("OpenBLAS "))
    #expect(report.core == BLAS.core)
    // Where the user decides, or the library has no choice, the better ones are named, not used.
    if report.variable != nil { #expect(report.core == report.chosenCore) }
  }
}
