import Arrays
import Scalars
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("The standard pipeline")
struct PipelineTests {
  @Test("makes the π program one comparison of a contraction")
  func pi() throws {
    let x = Tensor.vector("x"), y = Tensor.vector("y")
    let hits = (x ** 2 + y ** 2 .<= 1).sum()
    let graph = try Graph(inputs: [x, y], outputs: [4 * hits / x.dim(0)])
    let text = try Pipeline.standard.run(on: graph, verifying: true) { print($0) }.description
    print(text)
  }
}
