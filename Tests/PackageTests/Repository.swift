import Foundation

/// The package that these tests belong to.
enum Repository {
  /// Its folder.
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Returns what a file of it holds.
  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// Returns the paths of the files below a folder that end in `suffix`, in order.
  static func files(in folder: String, suffix: String = ".swift") throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
      .filter { $0.hasSuffix(suffix) }.sorted().map { "\(folder)/\($0)" }
  }

  /// Returns the fenced blocks of a document's text that are marked with a language.
  static func blocks(of document: String, language: String) -> [String] {
    document.components(separatedBy: "\n```\(language)\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
  }

  /// Returns the path of a program of the package, which was built with the tests.
  static func program(_ name: String) -> String {
    Bundle.main.bundleURL.appending(path: name).path
  }
}
