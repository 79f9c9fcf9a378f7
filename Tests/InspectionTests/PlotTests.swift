import Foundation
import FoundationXML
@testable import Inspection
import Testing

@Suite struct PlotTests {
  /// Reads the texts of a drawing, and whether it is well-formed XML.
  private final class Reader: NSObject, XMLParserDelegate {
    struct Text {
      var words = ""
      let x: Double, y: Double, anchor: String, isTurned: Bool
    }

    var texts: [Text] = []
    private var isInText = false

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      guard name == "text" else { return }
      isInText = true
      texts.append(
        Text(
          x: Double(attributes["x"] ?? "") ?? .nan, y: Double(attributes["y"] ?? "") ?? .nan,
          anchor: attributes["text-anchor"] ?? "", isTurned: attributes["transform"] != nil))
    }

    func parser(_ parser: XMLParser, foundCharacters words: String) {
      if isInText { texts[texts.count - 1].words += words }
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
      if name == "text" { isInText = false }
    }
  }

  private func texts(_ svg: String) throws -> [Reader.Text] {
    let parser = XMLParser(data: Data(svg.utf8)), reader = Reader()
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    return reader.texts
  }

  /// Expects that no two texts that lie level cover each other, and that all are on the page.
  private func expectApart(_ svg: String) throws {
    let boxes = try texts(svg).filter { !$0.isTurned }.map { text in
      let width = Double(text.words.count) * 5.5
      let left = ["end": text.x - width, "middle": text.x - width / 2][text.anchor] ?? text.x
      return (text.words, Labels.Box(x: left...left + width, y: text.y - 9...text.y + 2))
    }
    for (number, (words, box)) in boxes.enumerated() {
      #expect(box.x.lowerBound >= 0 && box.y.lowerBound >= 0, "\(words)")
      for (others, other) in boxes[..<number] where box.overlaps(other) {
        Issue.record("\(words) covers \(others)")
      }
    }
  }

  private let ceilings: [RooflinePlot.Ceiling] = [
    .init("L1", .bytesPerSecond(460e9)), .init("L2", .bytesPerSecond(230e9)),
    .init("DRAM", .bytesPerSecond(41e9)), .init("float32", .flopsPerSecond(240e9)),
    .init("float64", .flopsPerSecond(120e9)),
  ]

  private func roofline(_ kernels: [RooflinePlot.Kernel]) -> String {
    RooflinePlot(title: "Kernels & <limits>", ceilings: ceilings, kernels: kernels).svg
  }

  @Test("a roofline names limits and kernels, and no label covers another")
  func rooflines() throws {
    var random = SystemRandomNumberGenerator()
    for count in [0, 1, 5, 20, 40] {
      let kernels = (0..<count).map { number in
        RooflinePlot.Kernel(
          "kernel \(number) \"<&>\"", flops: .random(in: 1e5...1e9, using: &random),
          bytes: .random(in: 1e5...1e8, using: &random),
          seconds: .random(in: 1e-5...1e-2, using: &random))
      }
      let svg = roofline(kernels)
      try expectApart(svg)
      let words = try texts(svg).map(\.words)
      #expect(words.contains("float64 120 GFLOP/s"))
      #expect(count == 0 || words.contains { $0.hasPrefix("1  kernel 0 \"<&>\"") })
    }
  }

  @Test("what has no place on logarithmic axes is left out")
  func oddNumbers() throws {
    let kernels = [
      RooflinePlot.Kernel("none", flops: 0, bytes: 64e6, seconds: 1e-3),
      RooflinePlot.Kernel("nan", flops: .nan, bytes: 1, seconds: 1),
      RooflinePlot.Kernel("never", flops: 1, bytes: 1, seconds: 0),
      RooflinePlot.Kernel("endless", flops: .infinity, bytes: 1, seconds: 1),
      RooflinePlot.Kernel("vast", flops: 1e300, bytes: 1, seconds: 1e-300),
      RooflinePlot.Kernel("tiny", flops: 1e-300, bytes: 1e300, seconds: 1),
    ]
    let words = try texts(roofline(kernels)).map(\.words)
    #expect(words.contains("1  none, 64 GB/s"))
    #expect(!words.contains { $0.contains("nan") || $0.contains("never") })
    let empty = RooflinePlot(
      title: "", ceilings: [.init("bad", .bytesPerSecond(-1))], kernels: []
    ).svg
    #expect(try texts(empty).contains { $0.words == "nothing was measured" })
  }

  @Test("a thread sweep names each size with what the threads gain")
  func sweeps() throws {
    let series = (1...30).map { size in
      ThreadSweepPlot.Series(
        "n = \(size * 1000)",
        [1, 2, 4, 8].map { (threads: $0, seconds: 1e-6 * Double(size) / Double($0)) })
    }
    let svg = ThreadSweepPlot(title: "π", series: series).svg
    try expectApart(svg)
    #expect(try texts(svg).contains { $0.words == "n = 3000: 8×" })
    try expectApart(ThreadSweepPlot(title: "one", series: [series[0]]).svg)
    let odd = ThreadSweepPlot(title: "odd", series: [.init("n", [(0, 1), (1, .nan), (2, 0)])]).svg
    #expect(try texts(odd).contains { $0.words == "nothing was measured" })
    _ = try texts(
      ThreadSweepPlot(title: "far", series: [.init("n", [(1, 1e308), (2, 1e-308)])]).svg)
    try expectApart(
      ThreadSweepPlot(title: "level", series: [.init("n", [(3, 1e-3)]), .init("m", [(3, 1e-3)])])
        .svg)
  }

  @Test("drawings have colours for light and dark")
  func colours() {
    #expect(roofline([]).contains("@media (prefers-color-scheme:dark)"))
  }
}
