import Arrays
import GraphOptimizer
import KernelIR
import ReferenceBackend
import SymbolicGraph
import Testing

@testable import Martlet

@Suite("What is made of concatenations")
struct JoinedPartsTests {
  private let a = Tensor("a", shape: [4, 3]), b = Tensor("b", shape: [4, 5])
  private let c = Tensor("c", shape: [4, 8]), row = Tensor("row", shape: [8])
  private let arrays = [[4, 3], [4, 5], [4, 8], [8]].enumerated().map {
    NDArray.uniform(-1...1, shape: $1, seed: UInt64($0 + 1))
  }

  /// How many copies a call makes, whose value has been compared with the reference back end's.
  private func copies(_ output: Tensor) throws -> Int {
    let inputs = [a, b, c, row]
    let function = try Function(inputs, output, name: "f")
    let graph = try Graph(inputs: inputs, outputs: [output])
    #expect(try function.call(with: arrays) == ReferenceBackend.run(graph, arrays)[0])
    // Kernels have the name of the function, copies that of the value.
    return try function.program.launches(for: arrays).steps.count { !$0.name.hasPrefix("f") }
  }

  @Test("is computed from the parts, of which none is copied")
  func parts() throws {
    let joined = concatenate([a, b], axis: 1)
    for output in [
      joined * 2, joined + c, joined * row, joined * concatenate([a * 2, b], axis: 1),
      joined.max(axes: [0]), joined.max(axes: [1]), joined.max(), (joined .> 0).sum(),
      joined[.all, 1..<3], joined[.all, 4], joined[1, 3...],
    ] {
      #expect(try copies(output) == 0, "\(output)")
    }
    // What is returned as it was put together, a slice of two parts, and parts that end elsewhere have to be
    // copied.
    #expect(try copies(joined) == 2)
    #expect(try copies(joined[.all, 2..<5] * 2) == 2)
    #expect(try copies(joined * concatenate([b, a], axis: 1)) == 2)
  }
}
