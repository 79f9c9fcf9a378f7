import Arrays
import SymbolicGraph
import TestSupport
import Testing

@testable import GraphOptimizer

/// Identities that keep digits, each from the user's spelling through the whole pipeline.
@Suite("Stabilization")
struct StabilizationTests {
  @Test("reaches the stable form and its value", arguments: Identity.all)
  func identity(_ identity: Identity) throws {
    for (number, spelling) in identity.spellings.enumerated() {
      for dtype in [DType.float64, .float32] {
        let x = Tensor("x", dtype, shape: [2])
        let graph = try Graph(inputs: [x], outputs: [spelling(x)])
        let optimized = try Pipeline.standard.run(on: graph, verifying: true)
        #expect(optimized.expression == identity.reached, "spelling \(number) of \(dtype)")
        let result = try evaluate(optimized, [NDArray([identity.point, identity.point])])[0]
        let value = result.scalar(at: 1).asDouble
        #expect(
          value.isClose(to: identity.value, dtype), "spelling \(number) of \(dtype): \(value)")
      }
    }
  }

  @Test("is of use: as written, some spelling misses the value", arguments: Identity.all)
  func naive(_ identity: Identity) throws {
    // These spare time, or a unit in the last place.
    let others = ["exp(softplus(x))", "sqrt(x) ** 2", "log(1 / abs(x))", "-erf(-x)"]
    if others.contains(identity.description) { return }
    let x = Tensor("x", .float32, shape: [])
    let graph = try Graph(inputs: [x], outputs: identity.spellings.map { $0(x) })
    let values = try evaluate(graph, [NDArray(identity.point)]).map { $0.scalar(at: 0).asDouble }
    #expect(values.contains { !$0.isClose(to: identity.value, .float32) }, "\(values)")
  }

  @Test("reaches every rule of the table, that of two exponentials by a spelling of its own")
  func complete() throws {
    var fired: Set<String> = []
    let spellings = Identity.all.flatMap(\.spellings) + [{ log(exp($0) + exp($0 - 1)) }]
    for spelling in spellings {
      let x = Tensor("x", .float64, shape: [2])
      let graph = try Graph(inputs: [x], outputs: [spelling(x)])
      _ = try Pipeline.standard.run(on: graph, verifying: true) { fired.formUnion($0.fired.keys) }
    }
    let rules = RuleSet.stabilize.ownRules.map(\.name)
    #expect(rules.filter { !fired.contains($0) } == [])
  }
}

extension Graph {
  /// The only output as nested calls.
  fileprivate var expression: String {
    let names = valueNames
    func text(_ value: Int) -> String {
      let equation = equations[value]
      if !names[value].hasPrefix("%") { return names[value] }
      return "\(equation.operation.name)(\(equation.operands.map(text).joined(separator: ", ")))"
    }
    return outputs.map(text).joined(separator: ", ")
  }
}
