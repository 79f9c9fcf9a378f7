import Arrays
import Scalars
import SymbolicGraph
import Testing

@testable import GraphOptimizer

/// Norms of rows, from the user's spelling through the whole pipeline.
@Suite("ScaleRows")
struct ScaleRowsTests {
  typealias Spelling = @Sendable (Tensor) -> Tensor

  // swift-format-ignore
  static let norms: [Spelling] = [
    { $0 / sqrt(square($0).mean(axes: [1], keepDims: true) + 1e-5) },
    { ($0 - $0.mean(axes: [1], keepDims: true)) / sqrt($0.variance(axes: [1], keepDims: true) + 1e-5) },
    { $0 / sqrt(1e-5 + square($0).mean(axes: [-1]).expandDims(-1)) },
    { $0 / (square($0).mean(axes: [1], keepDims: true) + 1e-5) ** 0.5 },
    { $0 / sqrt(square($0).sum() + 1e-12) },
  ]

  // swift-format-ignore
  static let others: [Spelling] = [
    { $0 / sqrt(square($0).sum(axes: [1], keepDims: true)) },
    { $0 / sqrt(square($0).mean(axes: [0], keepDims: true) + 1e-5) },
    { $0 / sqrt(square($0).sum(axes: [1], keepDims: true) - 1e-5) },
    { $0 / sqrt(square($0) + 1e-5) },
    { $0 / (square($0).sum(axes: [1], keepDims: true) + 1e-5) },
  ]

  @Test("divides once by the root of a row", arguments: norms.indices)
  func norm(_ number: Int) throws {
    for dtype in [DType.float32, .float64] {
      let (graph, better) = try graphs(Self.norms[number], dtype)
      #expect(better.description.components(of: " = reciprocal(") == 1)
      #expect(!dividesElements(better))
      let feed = NDArray((0..<48).map { Double($0 * 7919 % 2003) / 101 - 9 }).cast(to: dtype)
      let (old, new) = try values(graph, better, feed.reshaped([4, 12]))
      let unit = dtype == .float32 ? 0x1p-23 : 0x1p-52
      for (old, new) in zip(old, new) {
        // A row's sums may be formed in another way before and after as well.
        #expect(abs(old - new) <= (dtype == .float32 ? 1 : 4) * unit * abs(old), "\(old), \(new)")
      }
    }
  }

  @Test("leaves other quotients alone", arguments: others.indices)
  func other(_ number: Int) throws {
    #expect(dividesElements(try graphs(Self.others[number], .float32).better))
  }

  @Test("keeps what infinite and missing elements give, and the largest and the smallest")
  func edges() throws {
    let x = Tensor("x", .float32, shape: [6, 2]), v = Tensor("v", .float32, shape: [6, 1])
    let graph = try Graph(inputs: [x, v], outputs: [x / sqrt(v + 1e-30)])
    let better = try Pipeline.standard.run(on: graph, verifying: true)
    #expect(better.description.components(of: " = reciprocal(") == 1)
    let inf = Float.infinity
    let numbers: [Float] = [1, -inf, 0, -0.0, inf, .nan, 3, 0, 0x1p-120, 0x1p127, 0x1p-133, -1e30]
    let squares: [Float] = [0, inf, -1, -1e-30, .greatestFiniteMagnitude, 0x1p-149]
    for shift in squares.indices {
      let rows = squares.indices.map { squares[($0 + shift) % squares.count] }
      let feeds = try [NDArray(numbers).reshaped([6, 2]), NDArray(rows).reshaped([6, 1])]
      let (old, new) = (try evaluate(graph, feeds)[0], try evaluate(better, feeds)[0])
      for place in 0..<12 {
        let (old, new) = try (
          old.reshaped([12]).scalar(at: place).asDouble,
          new.reshaped([12]).scalar(at: place).asDouble
        )
        #expect(
          old == new || old.isNaN && new.isNaN || abs(old - new) <= 0x1p-23 * abs(old)
            || abs(old - new) <= 0x1p-149, "\(place), \(shift): \(old), \(new)")
      }
    }
  }

  /// Whether every element is divided.
  private func dividesElements(_ graph: Graph) -> Bool {
    graph.description.split(separator: "\n").contains {
      $0.contains(" = div(") && $0.hasSuffix("[4,12]")
    }
  }

  private func graphs(
    _ spelling: Spelling, _ dtype: DType
  ) throws -> (graph: Graph, better: Graph) {
    let x = Tensor("x", dtype, shape: [4, 12])
    let graph = try Graph(inputs: [x], outputs: [spelling(x)])
    return (graph, try Pipeline.standard.run(on: graph, verifying: true))
  }

  private func values(
    _ graph: Graph, _ better: Graph, _ feed: NDArray
  ) throws -> ([Double], [Double]) {
    let results = try [graph, better].map { graph in
      let result = try evaluate(graph, [feed])[0].reshaped([48])
      return (0..<48).map { result.scalar(at: $0).asDouble }
    }
    return (results[0], results[1])
  }
}
