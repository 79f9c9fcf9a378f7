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
    var sources = sources
    sources["Merged.swift"] = Self.merged
    sources["main.swift", default: ""] += "\nprint(\"== merged\\n\\(try mergedMistake())\")\n"
    let package = try ConsumerPackage("planted", sources)
    let build = try package.swift("build", "-c", "release")
    try #require(build.status == 0, "\(build.output)\(build.errors)")
    let outcome = try package.swift("run", "-c", "release", "--skip-build", "planted")
    let parts = outcome.output.components(separatedBy: "== merged\n")
    try check(Outcome(status: outcome.status, output: parts[0], errors: outcome.errors))
    let message = try #require(parts.dropFirst().first)
    #expect(message.hasPrefix("Merged.swift:21: add: shapes"), "\(message)")
    #expect(
      message.contains(
        "\n  in encode(_:_:_:_:) or a function like it, which the compiler merged and left no lines\n"
      ),
      "\(message)")
  }

  /// Two functions that the compiler merges.
  private static let merged = """
    import Martlet

    func encode(_ x: Tensor, _ w: Tensor, _ b: Tensor, _ g: Tensor) -> Tensor {
      let y = matmul(x, w) + b
      let c = y - y.mean(axes: [1], keepDims: true)
      let n = c / sqrt(square(c).mean(axes: [1], keepDims: true) + 1e-5)
      return tanh(n * g + x)
    }

    func decode(_ x: Tensor, _ w: Tensor, _ b: Tensor, _ g: Tensor) -> Tensor {
      let y = matmul(x, w) + b
      let c = y - y.mean(axes: [1], keepDims: true)
      let n = c / sqrt(square(c).mean(axes: [1], keepDims: true) + 1e-5)
      return sigmoid(n * g + x)
    }

    func mergedMistake() throws -> String {
      let x = Tensor.matrix("x"), w = Tensor.matrix("w")
      let b = Tensor.vector("b"), g = Tensor.vector("g")
      let y = decode(
        decode(x, w, b, g), w, b, g)
      let function = try Function([x, w, b, g], encode(encode(y, w, b, g), w, b, g))
      let square = NDArray.ones(shape: [3, 3]), row = NDArray.ones(shape: [3])
      do {
        return "no error, but \\(try function(square, square, NDArray.ones(shape: [4]), row))"
      } catch { return "\\(error)" }
    }

    """

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
