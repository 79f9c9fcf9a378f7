import Arrays
import KernelIR
import Scalars
import Testing

@Suite("Reductions in two kernels")
struct PartialReductionTests {
  /// The means and the largest values of the columns of `x * w`.
  private var columns: Kernel {
    var values = Composite(inputs: [.float32, .float32])
    let product = values.append(.mul, [.input(0), .input(1)], .float32)
    values.results = [values.append(.cast, [product], .float64), product]
    var means = Composite(inputs: [.float64, .float32, .int64])
    let count = means.append(.cast, [.input(2)], .float64)
    let mean = means.append(.div, [.input(0), count], .float64)
    means.results = [means.append(.cast, [mean], .float32), .input(1)]
    let outer: [Access.Step] = [.contiguous, .broadcast]
    return Kernel(
      axes: [Axis("i", extent: "ni"), Axis("j", extent: "nj")], outerCount: 1,
      arguments: [
        Argument("x", .float32, isOutput: false), Argument("w", .float32, isOutput: false),
        Argument("mean", .float32, isOutput: true), Argument("most", .float32, isOutput: true),
      ],
      accesses: [
        Access(argument: 0, steps: [.contiguous, .strided]), Access(argument: 1, steps: outer),
        Access(argument: 2, steps: outer), Access(argument: 3, steps: outer),
      ], scalars: ["rows"],
      stages: [
        Stage(
          loops: true, sources: [.load(access: 0), .load(access: 1)], composite: values, stores: [],
          accumulators: [
            Accumulator(.sum, .float64, result: 0), Accumulator(.max, .float32, result: 1),
          ]),
        Stage(
          loops: false, sources: [.accumulator(0), .accumulator(1), .scalar(0)], composite: means,
          stores: [Store(access: 2, result: 0), Store(access: 3, result: 1)], accumulators: []),
      ])
  }

  @Test("have the accesses, the accumulators and the stages of one")
  func kernels() throws {
    let kernel = columns
    try kernel.verify()
    let reduction = try #require(PartialReduction(kernel))
    try reduction.parts.verify()
    try reduction.whole.verify()
    #expect(reduction.dtypes == [.float64, .float32])
    #expect(reduction.partAccesses == [0, 1] && reduction.wholeAccesses == [2, 3])
    #expect(
      reduction.parts.text(named: "parts") == """
        kernel parts (x: f32[np,ni,nj], w: f32[np,ni]) -> p0: f64[np,ni], p1: f32[np,ni] {
          parallel p in 0..<np, i in 0..<ni
            stage 0  for j in 0..<nj   t0 = mul(x[p,i,j], w[p,i]);  sum0 = sum f64  t0;  max1 = max t0
            stage 1  once              p0[p,i] = sum0;  p1[p,i] = max1
        }
        """)
    #expect(
      reduction.whole.text(named: "whole") == """
        kernel whole (p0: f64[ni,np], p1: f32[ni,np]) -> mean: f32[ni], most: f32[ni] {
          parallel i in 0..<ni
            stage 0  for p in 0..<np   sum0 = sum p0[i,p];  max1 = max p1[i,p]
            stage 1  once              mean[i] = cast(div(sum0, cast(rows, f64)), f32);  most[i] = max1
        }
        """)
  }

  @Test("are not made of positions, rows that are written, or several loops")
  func others() {
    #expect(PartialReduction(.pi) == nil)
    #expect(PartialReduction(.softmax) == nil)
    var positions = columns
    positions.stages[0].accumulators[1] = Accumulator(.argmax, .float32, result: 1)
    #expect(PartialReduction(positions) == nil)
  }
}
