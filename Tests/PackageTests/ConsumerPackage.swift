import Foundation

/// A package of somebody's that has one program and a dependency on Martlet.
struct ConsumerPackage {
  private let name: String
  private let folder: URL

  /// Writes the package's files. What was built for it before stays, so that only the first time is
  /// slow.
  ///
  /// - Parameter sources: What the files of the program hold, by name.
  init(_ name: String, _ sources: [String: String]) throws {
    self.name = name
    folder = Repository.root.appending(path: ".build/\(name)")
    let target = folder.appending(path: "Sources/\(name)")
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    try Self.write(try manifest, to: folder.appending(path: "Package.swift"))
    for (file, text) in sources { try Self.write(text, to: target.appending(path: file)) }
  }

  /// Runs one of SwiftPM's commands on the package.
  func swift(_ command: String, _ arguments: String...) throws -> Outcome {
    try Shell.run("swift", [command, "-q", "--package-path", folder.path] + arguments)
  }

  /// The manifest. SwiftPM looks for new files in this package only; that it looks in Martlet's as well,
  /// the manifest changes with their list.
  private var manifest: String {
    get throws {
      let files = try Repository.files(in: "Sources").joined(separator: " ")
      let sum = files.utf8.reduce(UInt64(0)) { ($0 &+ UInt64($1)) &* 0x9E37_79B9_7F4A_7C15 }
      return manifest(for: String(sum, radix: 16))
    }
  }

  private func manifest(for files: String) -> String {
    """
    // swift-tools-version: 6.2
    // Martlet's files: \(files)
    import PackageDescription

    let package = Package(
      name: "\(name)",
      dependencies: [.package(name: "martlet", path: "\(Repository.root.path)")],
      targets: [
        .executableTarget(
          name: "\(name)", dependencies: [.product(name: "Martlet", package: "martlet")])
      ]
    )

    """
  }

  /// Leaves a file alone that has the text already, since a newer one would be built again.
  private static func write(_ text: String, to file: URL) throws {
    if (try? String(contentsOf: file, encoding: .utf8)) == text { return }
    try text.write(to: file, atomically: true, encoding: .utf8)
  }
}
