import Foundation

/// A program's exit status and what it printed.
struct Outcome {
  let status: Int32
  let output: String
  let errors: String
}

/// Runs programs, as somebody at a terminal would.
enum Shell {
  /// Runs a program with its arguments and waits for its end.
  ///
  /// - Parameters:
  ///   - program: A path, or a name to be found on the path.
  ///   - environment: What is set besides what this process has. Unless it says otherwise, nothing is
  ///     kept in the user's folders.
  static func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.environment = ProcessInfo.processInfo.environment
      .merging(["MARTLET_CACHE": "off"]) { $1 }.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: a program that fills one pipe while we read the other would wait for ever.
    let folder = try TemporaryFolder()
    process.standardOutput = try folder.file("output")
    process.standardError = try folder.file("errors")
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: try folder.text("output"),
      errors: try folder.text("errors"))
  }
}

/// A folder that goes when nobody holds it any more.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Returns a new file to write to.
  func file(_ name: String) throws -> FileHandle {
    let file = url.appending(path: name)
    _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    return try FileHandle(forWritingTo: file)
  }

  /// Returns what a file holds.
  func text(_ name: String) throws -> String {
    try String(contentsOf: url.appending(path: name), encoding: .utf8)
  }
}
