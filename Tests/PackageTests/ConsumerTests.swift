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
    let tour = try Repository.text("Sources/Examples/tour/main.swift")
    let package = try ConsumerPackage("consumer", ["main.swift": tour])
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
