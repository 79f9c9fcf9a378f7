import KernelIR
import Scalars
import SymbolicGraph
import Testing

@testable import Martlet

/// Reductions whose axes are kept for some uses and not for others.
@Suite("Kept axes")
struct KeptAxesTests {
  private static let x = Tensor("x", .float32, shape: [8, 8])
  private static let w = Tensor("w", .float32, shape: [8, 8])

  @Test("A reduction is one accumulator of one kernel, whatever keeps its axes")
  func once() throws {
    let (x, w) = (Self.x, Self.w)
    let peak = x.max(axes: [1], keepDims: true), top = x.max(axes: [1]), total = x.max()
    let product = matmul(top.expandDims(0), w)
    let cases: [(outputs: [Tensor], kernels: Int)] = [
      ([log(exp(x - peak).sum(axes: [1])) + peak.squeeze([1])], 1),
      ([top, x - top.expandDims(1)], 1),
      // A kernel of its own reads the elements between the two.
      ([exp(x) * product, exp(x) * product - top.expandDims(1)], 2),
      ([x * top, x * top - top.expandDims(1)], 2),
      (
        [
          x * total,
          exp(x) + matmul(total.expandDims(0).expandDims(0) + x, w)
            - total.expandDims(0).expandDims(0),
        ], 3
      ),
    ]
    for (outputs, kernels) in cases {
      let plan = try Function([x, w], outputs).program.launches(
        for: [x, w].map { _ in NDArray.uniform(-3...3, .float32, shape: [8, 8], seed: 1) })
      let found = plan.steps.compactMap { step -> Kernel? in
        if case .kernel(let launch) = step { launch.kernel } else { nil }
      }
      let peaks = found.flatMap { $0.accumulators }.count { $0.reduction == .max }
      #expect(peaks == 1 && found.count == kernels, "\(found.count): \(found)")
    }
  }

  @Test("What another kernel uses of a reduction is stored once")
  func storedOnce() throws {
    let x = Tensor("x", .float32, shape: [8, 3]), y = Tensor("y", .float32, shape: [8, 5])
    let sum = x.sum(axes: [1])
    for outputs in [[sum, y * sum.expandDims(1)], [sum, y * exp(sum.expandDims(1))]] {
      let arrays = [3, 5].map { NDArray.uniform(-3...3, .float32, shape: [8, $0], seed: 1) }
      let plan = try Function([x, y], outputs).program.launches(for: arrays)
      let stores = plan.steps.flatMap { step -> [Store] in
        if case .kernel(let launch) = step { launch.kernel.stages.flatMap(\.stores) } else { [] }
      }
      #expect(stores.count == 2, "\(plan)")
    }
  }
}
