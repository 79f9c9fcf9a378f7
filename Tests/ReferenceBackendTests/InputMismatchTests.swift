import Arrays
import SymbolicGraph
import Testing

@testable import ReferenceBackend

@Suite("What the reference back end is fed")
struct InputMismatchTests {
  private func text(_ arrays: [NDArray]) throws -> String {
    let x = Tensor("x", .float32, shape: [3])
    let graph = try Graph(inputs: [x], outputs: [exp(x)])
    do { return "\(try ReferenceBackend.run(graph, arrays))" } catch { return "\(error)" }
  }

  @Test("Other arrays than the inputs take are refused")
  func arrays() throws {
    #expect(try text([]) == "function: takes 1 input; got 0")
    #expect(
      try text([NDArray.ones(shape: [3])]) == "function: input 'x' takes f32[3]; got f64[3]")
    #expect("\(InputMismatch.notFed())" == "function: an input is not fed")
  }
}
