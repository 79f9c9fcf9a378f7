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
        let tolerance = dtype == .float32 ? 1e-6 : 1e-14
        #expect(
          value == identity.value || value.isNaN && identity.value.isNaN
            || abs(value - identity.value) <= tolerance * abs(identity.value),
          "spelling \(number) of \(dtype): \(value)")
      }
    }
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
