import Arrays
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("What is stored, and what is computed again where it is needed")
struct FusionTests {
  private let m = Tensor("m", .float32, shape: [64, 100])
  private let row = Tensor("row", .float32, shape: [100])
  private let column = Tensor("column", .float32, shape: [64, 1])

  /// What the kernels of some outputs write: for each the values, as `explain` names them.
  private func written(_ outputs: Tensor...) throws -> [[String]] {
    let graph = try Pipeline.standard.run(
      on: Graph(inputs: [], outputs: outputs), verifying: true)
    let names = graph.valueNames
    return Plan(scheduling: graph, name: "f").steps.map { $0.writes.map { names[$0] } }
  }

  @Test(
    "A value of two kernels is computed in both where that is cheap, and stored where it is not")
  func shared() throws {
    // Sums over either axis are kernels of their own; an exponential costs 12, with a sine 33.
    let cheap = exp(m), expensive = exp(m) * sin(m)
    #expect(try written(cheap.sum(axes: [0]), cheap.sum(axes: [1])).count == 2)
    let stored = try written(expensive.sum(axes: [0]), expensive.sum(axes: [1]))
    #expect(stored.joined().count == 3)
    // With one user it is never stored, however much it costs.
    #expect(try written(expensive.sum(axes: [0])).joined().count == 1)
    // Nor with two in the same kernel, which computes it once.
    #expect(
      try written(expensive.sum(axes: [1]), (expensive * 2).max(axes: [1])).joined().count == 2)
  }

  @Test(
    "A value that each row would compute again is stored, unless that is as cheap as reading it")
  func repeated() throws {
    #expect(try written(m + exp(row)).joined().count == 2)
    #expect(try written(m + row * 2).joined().count == 1)
    // A row's own factor is computed before its loop.
    #expect(try written(m + exp(column)).joined().count == 1)
  }

  @Test("Kernels end after 256 operations, and what the next one reads is stored")
  func long() throws {
    for (count, kernels) in [(120, 1), (150, 2), (300, 3)] {
      let chain = (0..<count).reduce(m) { sum, _ in sin(sum) + 0.5 }
      #expect(try written(chain).map(\.count) == Array(repeating: 1, count: kernels))
    }
  }
}
