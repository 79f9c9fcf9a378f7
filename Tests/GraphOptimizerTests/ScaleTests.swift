import Arrays
import SymbolicGraph
import Testing

@testable import GraphOptimizer

/// Graphs of sizes that no walk may take quadratic time or the stack for.
@Suite("Large graphs")
struct ScaleTests {
  @Test("know the length of a sum of many inputs by few others")
  func manyInputs() throws {
    var sum = Tensor.vector("x")
    for number in 0..<5_000 { sum = sum + Tensor.vector("x\(number)") }
    let graph = try Graph(inputs: [], outputs: [sum])
    for case .joint(let lengths) in SymbolicShapes(graph).lengths.flatMap(\.self) {
      #expect(lengths.count <= 16)
    }
    let plan = Plan(scheduling: try Pipeline.standard.run(on: graph, verifying: false), name: "sum")
    #expect(plan.steps.count < 50)
  }

  @Test("of many results share kernels in the order of the graph")
  func wide() throws {
    let x = Tensor.vector("x"), y = Tensor.vector("y")
    let outputs = (0..<2_000).map { (exp(x * Tensor(Double($0) + 0.5)) - y).sum() }
    let graph = try Graph(inputs: [x, y], outputs: outputs)
    let plan = Plan(scheduling: try Pipeline.standard.run(on: graph, verifying: false), name: "sum")
    #expect(plan.steps.count < 100)
  }

  @Test("compare each kernel with few others")
  func neighbours() throws {
    // None reads what another does, so each stays alone.
    let count = 300
    let outputs = (0..<count).map { exp(Tensor.vector("x\($0)")).sum() }
    let graph = try Graph(inputs: [], outputs: outputs)
    let fusion = Fusion(graph, recording: true)
    #expect(fusion.items.count == count)
    #expect(fusion.refusals.count <= 16 * count)
  }

  #if !DEBUG
    @Test("of a million nodes are built, optimized, scheduled and released")
    func million() throws {
      var chain = Tensor.vector("x")
      for _ in 0..<500_000 { chain = -exp(chain) }
      let graph = try Graph(inputs: [], outputs: [chain])
      chain = 0
      let better = try Pipeline.standard.run(on: graph, verifying: false)
      #expect(better.equations.count == 1_000_001)
      #expect(!Plan(scheduling: better, name: "chain").kernels.isEmpty)
    }
  #else
    @Test("of many nodes are built and released")
    func million() throws {
      let x = Tensor.vector("x")
      var chain = x
      for _ in 0..<200_000 { chain = -chain }  // A million takes 20 s without optimization.
      #expect(try chain.rank == 1)
      chain = x
    }
  #endif
}
