import Foundation
import Martlet
import Testing

/// The pages of the documentation and what they speak of.
@Suite struct DocumentationTests {
  @Test("Every operator and function of tensors stands on the page about expressions")
  func operations() throws {
    let folder = Repository.root.appending(path: "Sources/SymbolicGraph/Functions")
    let page = try Repository.text("Sources/Martlet/Documentation.docc/WritingExpressions.md")
      .replacing("\\|", with: "|")
    // What stands between backticks is code.
    let code = page.split(separator: "`").joined(separator: " ")
    var names: Set<Substring> = []
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      for match in text.matches(of: /public (?:static |prefix )*(?:func|var) `?([^\s(:`]+)/) {
        names.insert(match.1)
      }
    }
    #expect(names.count > 60)
    for name in names.sorted() {
      let word = name.first?.isLetter == true
      let stands =
        word
        ? code.contains(try Regex("\\b\(name)\\b").wordBoundaryKind(.simple)) : code.contains(name)
      #expect(stands, "\(name)")
    }
  }

  @Test("The page's first example and its tables of parts and shapes are programs")
  func examples() throws {
    let x = Tensor.matrix("x", .float32), w = Tensor.matrix("w", .float32)
    let b = Tensor.vector("b", .float32)
    let loss = try Function([x, w, b], softplus(-(matmul(x, w) + b)).mean())
    let ones = NDArray.ones(.float32, shape: [2, 3])
    let result = try loss(
      ones, NDArray.ones(.float32, shape: [3, 4]), NDArray.zeros(.float32, shape: [4]))
    #expect(abs(try result.scalar(as: Double.self) - Foundation.log1p(Foundation.exp(-3.0))) < 1e-7)
    let rate: Tensor = 0.1
    let parts: [Tensor] = [
      x[0], x[-1], x[1..<2], x[1...], x[..<(-1)], x[.stride(from: 1, to: -1)], x[.all, 0],
      x[.ellipsis, 0], x[.newAxis], x[.stride(by: -1)], x - rate * (x + 1),
      x - x.mean(axes: [1], keepDims: true), x.reshape([3, -1]), x.broadcast(to: [3, 2, -1]),
    ]
    let shapes = try Function([x], parts).call(with: [ones]).map(\.shape)
    #expect(
      shapes == [
        [3], [3], [1, 3], [1, 3], [1, 3], [0, 3], [2], [2], [1, 2, 3], [2, 3], [2, 3], [2, 3],
        [3, 2], [3, 2, 3],
      ])
  }
}
