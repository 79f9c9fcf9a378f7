import Arrays
import KernelIR
import SymbolicGraph
import Testing

@testable import CPUBackend
@testable import Martlet

@Suite("Extremes in which nothing looks for NaN")
struct UnwatchedNaNTests {
  @Test("They are those that exponentials are shifted by, where results are NaN by the sum")
  func unwatched() throws {
    let x = Tensor.matrix("x", .float32)
    let peak = x.max(axes: [1], keepDims: true)
    for outputs in [
      [softmax(x)], [logSoftmax(x)], [x.logSumExp(axes: [1])],
      [x.logSumExp(axes: [1]), softmax(x)],
    ] {
      #expect(try Self.unwatched([x], outputs).allSatisfy { $0 }, "\(outputs)")
    }
    for outputs in [
      [peak], [x - peak], [exp(x - peak)], [x.sum(axes: [1]), peak],
      [softmax(x), peak], [softmax(x), x - peak], [exp(x - peak).sum(axes: [1]) .> 3.0],
      [exp(clip(x, -1, 1) - peak).sum(axes: [1])],
    ] {
      #expect(try !Self.unwatched([x], outputs).contains(true), "\(outputs)")
    }
  }

  /// Whether nothing looks for NaN, for each extreme of the kernels that compute some outputs.
  private static func unwatched(_ inputs: [Tensor], _ outputs: [Tensor]) throws -> [Bool] {
    let plan = try Function(inputs, outputs).program.launches(
      for: [NDArray.uniform(-3...3, .float32, shape: [4, 100], seed: 1)])
    let extremes = plan.steps.flatMap { step -> [Bool] in
      guard case .kernel(let launch) = step else { return [] }
      return launch.kernel.stages.flatMap { stage in
        stage.accumulators.filter(\.reduction.isExtreme).map {
          launch.kernel.needsNoNaN(of: $0, of: stage)
        }
      }
    }
    try #require(!extremes.isEmpty)
    return extremes
  }

  @Test("A NaN anywhere in a row is in all results of the row and of no other")
  func rows() throws {
    let x = Tensor.matrix("x", .float32)
    let function = try Function([x], [softmax(x), logSoftmax(x), x.logSumExp(axes: [1])])
    for count in [1, 5, 16, 33, 64, 100, 1030] {
      let array = NDArray.uniform(-3...3, .float32, shape: [4, count], seed: 5)
      let whole = try function.call(with: [array])
      let elements = try array.elements(as: Float.self)
      for place in Set([0, 1, 17, 63, 64, count - 1]).filter({ $0 < count }) {
        for nan in [Float.nan, -Float.nan] {
          var changed = elements
          changed[count + place] = nan
          let found = try function.call(with: [NDArray(changed, shape: [4, count])])
          for (found, whole) in zip(found, whole) {
            let (found, whole) = (
              try found.elements(as: Float.self), try whole.elements(as: Float.self)
            )
            let row = found.count / 4
            #expect(found[row..<2 * row].allSatisfy { $0.isNaN }, "\(count), \(place)")
            #expect(found[..<row] == whole[..<row], "\(count), \(place)")
            #expect(found[(2 * row)...] == whole[(2 * row)...], "\(count), \(place)")
          }
        }
      }
    }
  }
}
