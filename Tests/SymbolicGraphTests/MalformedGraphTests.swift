import Arrays
import Scalars
import Testing

@testable import SymbolicGraph

@Suite("Malformed graphs")
struct MalformedGraphTests {
  /// A change to the graph of `sum(exp(x))`, and what it breaks.
  private func text(_ change: (inout Graph) -> Void) throws -> String {
    let x = Tensor("x", .float32, shape: [3])
    var graph = try Graph(inputs: [x], outputs: [exp(x).sum()])
    try graph.verify()
    change(&graph)
    do { try graph.verify() } catch { return "\(error)" }
    return "well formed"
  }

  @Test("A mistake is named")
  func mistakes() throws {
    #expect(
      try text { $0.equations[1].operands = [2] } == "equation 1 uses value 2, not yet computed")
    #expect(try text { $0.inputs = [] } == "input 0 is not fed")
    #expect(try text { $0.outputs = [7] } == "value 7 does not exist")
    #expect(
      try text { $0.equations[1].type = TensorType(.float32, [4]) }
        == "equation 1: exp gives f32[3], not f32[4]")
    #expect(
      try text {
        $0.equations[0].operation = Input(label: "x", type: TensorType(.int32, [3]))
        $0.equations[0].type = TensorType(.int32, [3])
      } == "equation 1: exp does not take int32")
    #expect(
      try text {
        $0.equations[2].operation = Reduce(
          .sum, axes: [5], keepDims: false, accumulator: .float64, dtype: .float32)
      }
        == "equation 2: sum: axis 5 does not exist; the operand has rank 1, so its axis is 0, or -1"
    )
  }
}
