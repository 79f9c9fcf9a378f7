import Foundation
import Testing

/// Martlet as others get it: a dependency of a package of their own.
@Suite struct ConsumerTests {
  @Test("The README holds the tour as it is")
  func readmeHoldsTour() throws {
    let blocks = Repository.blocks(of: try Repository.text("README.md"), language: "swift")
    #expect(blocks.first == (try Repository.text("Sources/Examples/tour/main.swift")))
  }

  @Test("A package that depends on Martlet by path prints what the README says", .tags(.slow))
  func consumer() throws {
    let package = try ConsumerPackage()
    let build = try package.swift("build")
    try #require(build.status == 0, "\(build.output)\(build.errors)")
    let run = try package.swift("run", "--skip-build", "consumer")
    #expect(run.status == 0, "\(run.errors)")
    let document = try Repository.text("README.md")
    let said = try #require(Repository.blocks(of: document, language: "text").first)
    // As for the golden files, `make golden` writes what is printed now.
    if ProcessInfo.processInfo.environment["MARTLET_UPDATE_GOLDEN"] == "1" {
      try document.replacing(said, with: run.output, maxReplacements: 1)
        .write(to: Repository.root.appending(path: "README.md"), atomically: true, encoding: .utf8)
      return
    }
    #expect(run.output == said)
  }
}

/// A package that has nothing but the tour and a dependency on Martlet.
private struct ConsumerPackage {
  private let folder = Repository.root.appending(path: ".build/consumer")

  /// Writes the package's files. What was built for it before stays, so that only the first time is slow.
  init() throws {
    let sources = folder.appending(path: "Sources/consumer")
    try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
    try write(Self.manifest, to: folder.appending(path: "Package.swift"))
    try write(
      try Repository.text("Sources/Examples/tour/main.swift"),
      to: sources.appending(path: "main.swift"))
  }

  /// Runs one of SwiftPM's commands on the package.
  func swift(_ command: String, _ arguments: String...) throws -> Outcome {
    try Shell.run("swift", [command, "-q", "--package-path", folder.path] + arguments)
  }

  private static let manifest = """
    // swift-tools-version: 6.2
    import PackageDescription

    let package = Package(
      name: "consumer",
      dependencies: [.package(name: "martlet", path: "\(Repository.root.path)")],
      targets: [
        .executableTarget(
          name: "consumer", dependencies: [.product(name: "Martlet", package: "martlet")])
      ]
    )

    """

  /// Leaves a file alone that has the text already, since a newer one would be built again.
  private func write(_ text: String, to file: URL) throws {
    if (try? String(contentsOf: file, encoding: .utf8)) == text { return }
    try text.write(to: file, atomically: true, encoding: .utf8)
  }
}
