import Foundation
import TestSupport
import Testing

/// Programs that go wrong at the call, because of one line inside a fused function that two threads
/// run: the message names that line, however the program was built.
@Suite struct PlantedMistakeTests {
  /// The files of the programs, by name.
  private let sources: [String: String]

  init() throws {
    let folder = "Tests/PlantedMistakes"
    let files = try FileManager.default.contentsOfDirectory(
      atPath: Repository.root.appending(path: folder).path)
    sources = Dictionary(
      uniqueKeysWithValues: try files.map { ($0, try Repository.text("\(folder)/\($0)")) })
  }

  @Test("Programs that were built for debugging name the line")
  func debug() throws {
    try check(try Shell.run(Repository.program("planted-mistakes"), []))
  }

  @Test("Programs that were built for release name the same lines", .tags(.slow))
  func release() throws {
    let package = try ConsumerPackage("planted", sources)
    let build = try package.swift("build", "-c", "release")
    try #require(build.status == 0, "\(build.output)\(build.errors)")
    try check(try package.swift("run", "-c", "release", "--skip-build", "planted"))
  }

  private func check(_ outcome: Outcome) throws {
    try #require(outcome.status == 0, "\(outcome.errors)")
    let text = marked(outcome.output)
    let programs = text.components(separatedBy: "== ").dropFirst()
    #expect(programs.count > 20)
    for program in programs {
      let name = program.prefix { $0 != " " }
      #expect(program.contains("<mistake \(name)>"), "\(program)")
    }
    try expectGolden(text, "planted-mistakes")
  }

  /// Returns the text with the marks that lines bear instead of their numbers.
  private func marked(_ text: String) -> String {
    text.replacing(/([A-Z]?[A-Za-z]+\.swift):([0-9]+)/) { match in
      let lines = sources[String(match.1), default: ""].components(separatedBy: "\n")
      guard let number = Int(match.2), lines.indices.contains(number - 1),
        let mark = lines[number - 1].firstMatch(of: /\/\/ <- (.*)/)?.1
      else { return String(match.0) }
      return "<\(mark)>"
    }
  }
}
