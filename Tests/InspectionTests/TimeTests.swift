import Foundation
import FoundationXML
import Martlet
import Testing

/// Listings and pictures of functions whose calls were counted.
@Suite struct TimeTests {
  let x = Tensor.vector("x"), m = Tensor.matrix("m")

  @Test("the first line of each step tells its time, once there were calls")
  func times() throws {
    let function = try Function([m], exp(matmul(m, m)) * 2, profile: true)
    #expect(!debugPrint(function).contains("-->"))
    _ = try function(NDArray.ones(shape: [64, 64]))
    let lines = debugPrint(function).split(separator: "\n")
    let timed = lines.filter { $0.contains(" --> ") && $0.contains("[id ") }
    #expect(timed.count == 2)
    #expect(timed.allSatisfy { $0.firstMatch(of: #/ --> \d\.\d\de-\d\ds +\d+\.\d% \d/#) != nil })
    #expect(lines.contains("Timing Info"))
    let shares = try timed.map { line in
      try #require(Double(line.split(separator: "s ")[1].prefix { $0 != "%" }.drop { $0 == " " }))
    }
    #expect(shares.reduce(0, +) <= 100.2)
    let tree = debugPrint(function, style: .tree)
    #expect(tree.matches(of: #/s, \d+ %/#).count == 2)
    #expect(function.dot().matches(of: #/s, \d+ %/#).count == 2)
    #expect(function.mermaid().contains("kernel function · "))
  }

  @Test("a profile draws its kernels beside the machine's limits")
  func roofline() throws {
    let function = try Function([x], (exp(x) * x).sum(), name: "weigh", profile: true)
    _ = try function(NDArray.ones(shape: [100_000]))
    let svg = try #require(function.profile).roofline()
    #expect(XMLParser(data: Data(svg.utf8)).parse())
    #expect(svg.contains("1  weigh, ") && svg.contains("float64 ") && svg.contains("memory "))
  }
}
