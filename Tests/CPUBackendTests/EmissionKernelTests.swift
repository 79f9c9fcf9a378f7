import Arrays
import KernelIR
import Scalars
import Testing

@Suite("Emitted kernels")
struct EmissionKernelTests {
  /// The seed program: how many points lie in the unit circle, and what that says about π.
  static func pi(_ count: Int) -> KernelCase {
    var hits = Composite(inputs: [.float64, .float64])
    let square = hits.append(.mul, [.input(1), .input(1)], .float64)
    let sum = hits.append(.fma, [.input(0), .input(0), square], .float64)
    let inside = hits.append(.le, [sum, .constant(Scalar(1.0))], .bool)
    hits.results = [hits.append(.cast, [inside], .int64)]
    var ratio = Composite(inputs: [.int64, .int64])
    let four = ratio.append(.mul, [.constant(Scalar(Int64(4))), .input(0)], .int64)
    let a = ratio.append(.cast, [four], .float64)
    let b = ratio.append(.cast, [.input(1)], .float64)
    ratio.results = [ratio.append(.div, [a, b], .float64)]
    let kernel = Kernel(
      axes: [Axis("i", extent: "n")], outerCount: 0,
      arguments: [
        Argument("x", .float64, isOutput: false), Argument("y", .float64, isOutput: false),
        Argument("out", .float64, isOutput: true),
      ],
      accesses: [
        Access(argument: 0, steps: [.contiguous]), Access(argument: 1, steps: [.contiguous]),
        Access(argument: 2, steps: [.broadcast]),
      ],
      scalars: ["n"],
      stages: [
        Stage(
          loops: true, sources: [.load(access: 0), .load(access: 1)], composite: hits, stores: [],
          accumulators: [Accumulator(.sum, .int64, result: 0)]),
        Stage(
          loops: false, sources: [.accumulator(0), .scalar(0)], composite: ratio,
          stores: [Store(access: 2, result: 0)], accumulators: []),
      ])
    let x = (0..<count).map { Scalar(Double($0 * 7919 % 2003) / 1001 - 1) }
    let y = (0..<count).map { Scalar(Double($0 * 104_729 % 1999) / 999 - 1) }
    return KernelCase(
      kernel: kernel, layout: Layout(extents: [count], strides: [[1], [1], [0]]),
      arrays: [x, y, [Scalar(0.0)]], offsets: [0, 0, 0], scalars: [Int64(count)])
  }

  @Test("The seed program counts what it should at every length around its vectors")
  func seed() throws {
    for count in [0, 1, 7, 8, 9, 31, 32, 33, 64, 100, 1000] {
      try Self.pi(count).check("pi of \(count)", cuts: [32, 40, 96, 500])
    }
  }
}
