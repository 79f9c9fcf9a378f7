import Foundation
import Testing

/// What one process compiles, the next one finds.
@Suite struct CacheTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs the example, which says on standard error where its kernel comes from.
  private static func run(_ environment: [String: String]) throws -> Outcome {
    try Shell.run(
      Repository.program("monte-carlo-pi"),
      ["--calls", "2", "--seed", "1", "--threads", "1", "--json"],
      environment: ["MARTLET_DEBUG": "2"].merging(environment) { $1 })
  }

  private func files(in path: String = "") throws -> [String] {
    let root = folder.url.appending(path: path)
    return try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { file in
      var isFolder: ObjCBool = false
      let path = root.appending(path: file).path
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }

  /// What several processes print that start together.
  private static func runTogether(_ environment: [String: String]) async throws -> [Outcome] {
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      for _ in 0..<6 { group.addTask { try run(environment) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  /// Checks that several processes which start together end well, with the estimate of another.
  private func expectTogether(
    _ environment: [String: String], toPrintAs whole: Outcome
  ) async throws {
    let outcomes = try await Self.runTogether(environment)
    #expect(outcomes.allSatisfy { $0.status == 0 })
    let estimate = try #require(whole.output.firstMatch(of: /"estimate": [0-9.]+/)?.output)
    #expect(outcomes.allSatisfy { $0.output.contains(estimate) })
  }

  @Test("Processes that start together with an empty cache all run, and later ones find it filled")
  func concurrent() async throws {
    let environment = ["MARTLET_CACHE": folder.url.appending(path: "cache").path]
    let outcomes = try await Self.runTogether(environment)
    let estimates = try outcomes.map { outcome in
      try #require(outcome.output.firstMatch(of: /"estimate": [0-9.]+/)?.output)
    }
    #expect(Set(estimates).count == 1)
    // The kernel and the record of the processor, and nothing half written.
    #expect(try files().count == 2)
    #expect(try files().allSatisfy { !$0.contains("/.") })
    let later = try Self.run(environment)
    #expect(later.errors.contains("found in the cache"))
    #expect(later.output.contains(estimates[0]))
    #expect(try files().count == 2)
  }

  @Test("Processes that meet a damaged file together all run, and leave it mended")
  func damagedTogether() async throws {
    let environment = ["MARTLET_CACHE": folder.url.appending(path: "cache").path]
    let whole = try Self.run(environment)
    let paths = try files().map { folder.url.appending(path: $0) }
    let contents = try paths.map { try Data(contentsOf: $0) }
    for path in paths {
      // In place, so that all of them find it damaged.
      let file = try FileHandle(forUpdating: path)
      try file.seek(toOffset: UInt64(try Data(contentsOf: path).count / 2))
      try file.write(contentsOf: Data([0xA5, 0x5A, 0xA5]))
      try file.close()
    }
    try await expectTogether(environment, toPrintAs: whole)
    #expect(try paths.map { try Data(contentsOf: $0) } == contents)
    #expect(try files().count == paths.count)
    #expect(try Self.run(environment).errors.contains("found in the cache"))
  }

  @Test("Processes that meet a full shard together all run, and leave it with room and their files")
  func fullTogether() async throws {
    let environment = ["MARTLET_CACHE": folder.url.appending(path: "cache").path]
    let whole = try Self.run(environment)
    let paths = try files().map { folder.url.appending(path: $0) }
    let contents = try paths.map { try Data(contentsOf: $0) }
    for path in paths {
      // A shard may hold a MiB; this is more, all of it used long ago.
      for number in 0..<5 {
        let name = String(repeating: "0", count: 29) + "\(number)"
        let other = path.deletingLastPathComponent().appending(path: name)
        try Data(count: 250_000).write(to: other)
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: other.path)
      }
      try FileManager.default.removeItem(at: path)
    }
    try await expectTogether(environment, toPrintAs: whole)
    #expect(try paths.map { try Data(contentsOf: $0) } == contents)
    let sizes = try files().map { try Data(contentsOf: folder.url.appending(path: $0)).count }
    #expect(sizes.reduce(0, +) <= paths.count << 20)
    #expect(try Self.run(environment).errors.contains("found in the cache"))
  }

  @Test("Unless told otherwise the cache lies in the home folder")
  func home() throws {
    let environment = ["HOME": folder.url.path, "XDG_CACHE_HOME": "", "MARTLET_CACHE": ""]
    #expect(try Self.run(environment).errors.contains("compiled in"))
    #expect(try files(in: ".cache/martlet").count == 2)
    #expect(try Self.run(environment).errors.contains("found in the cache"))
  }

  @Test("Where files may not grow so large, kernels are not kept, and all runs", arguments: [0, 1])
  func smallFiles(blocks: Int) throws {
    // The pipe takes what files may not. Whoever started the tests may have had the signal ignored.
    let program = Repository.program("monte-carlo-pi") + " --samples 9 --calls 2"
    let outcome = try Shell.run(
      "bash",
      ["-c", "set -o pipefail; (ulimit -f \(blocks); env --default-signal=XFSZ \(program)) | cat"],
      environment: ["MARTLET_CACHE": folder.url.path])
    #expect(outcome.status == 0 && outcome.output.hasPrefix("π is about "))
    #expect(try files().allSatisfy { !$0.contains("/.") })
  }

  @Test("A cache that is off, and a home folder that is none, leave nothing behind")
  func off() throws {
    let environment = ["HOME": folder.url.path, "XDG_CACHE_HOME": ""]
    for other in [["MARTLET_CACHE": "off"], ["MARTLET_CACHE": "", "HOME": "/proc/none"]] {
      let outcome = try Self.run(environment.merging(other) { $1 })
      #expect(outcome.status == 0)
      #expect(outcome.errors.contains("compiled in"))
      #expect(!outcome.errors.contains("cache"))
    }
    #expect(try files().isEmpty)
  }
}
