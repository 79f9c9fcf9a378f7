import Foundation
import GraphOptimizer
import Inspection
import Martlet
import SymbolicGraph
import Testing

@Suite struct PictureTests {
  static let awkward: Program = {
    let x = Tensor.vector(Program.awkward)
    return Program(Program.awkward, [x], exp(x).sum(), x[1...])
  }()

  @Test("pictures are in the languages that they claim", arguments: Program.all + [awkward])
  func grammars(_ program: Program) throws {
    let graph = try program.graph, plan = try program.plan
    let dot = try DotGrammar(Dot.text(plan, name: program.name))
    _ = try DotGrammar(Dot.text(graph, name: program.name))
    let mermaid = try MermaidGrammar(Mermaid.text(plan))
    _ = try MermaidGrammar(Mermaid.text(graph))
    #expect(dot.clusters.count == plan.kernels.count)
    #expect(dot.nodes == mermaid.nodes)
    #expect(mermaid.subgraphs.count == plan.kernels.count)
  }

  @Test(
    "Graphviz draws the pictures without complaint",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/dot")),
    arguments: Program.all + [awkward])
  func graphviz(_ program: Program) throws {
    for text in [
      Dot.text(try program.plan, name: program.name),
      Dot.text(try program.graph, name: program.name),
    ] {
      let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).dot")
      try text.write(to: file, atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(at: file) }
      let process = Process(), output = Pipe(), complaints = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/dot")
      process.arguments = ["-Tplain", file.path]
      (process.standardOutput, process.standardError) = (output, complaints)
      try process.run()
      let drawn = output.fileHandleForReading.readDataToEndOfFile()
      let said = complaints.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      #expect(String(decoding: said, as: UTF8.self) == "")
      #expect(String(decoding: drawn, as: UTF8.self).hasPrefix("graph "))
    }
  }

  @Test("a value that two kernels compute is in both")
  func repeated() throws {
    let m = Tensor.matrix("m"), w = Tensor.matrix("w"), twice = m * 2
    let program = Program("f", [m, w], matmul(twice, w), exp(twice))
    let text = Dot.text(try program.plan, name: "f")
    #expect(
      text.components(separatedBy: "<b>mul(m, 2)</b>").count == 3 || text.contains("peripheries=2"))
    _ = try DotGrammar(text)
  }
}
