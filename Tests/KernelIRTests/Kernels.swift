import Arrays
import KernelIR
import Scalars

/// The two kernels that the design is explained by.
extension Kernel {
  /// How many of `n` points lie in the unit circle, and what that says about π.
  static var pi: Kernel {
    var hits = Composite(inputs: [.float64, .float64])
    let square = hits.append(.mul, [.input(1), .input(1)], .float64)
    let sum = hits.append(.fma, [.input(0), .input(0), square], .float64)
    let inside = hits.append(.le, [sum, .constant(Scalar(1.0))], .bool)
    hits.results = [hits.append(.cast, [inside], .int64)]
    var ratio = Composite(inputs: [.int64, .int64])
    let four = ratio.append(.mul, [.constant(Scalar(Int64(4))), .input(0)], .int64)
    let above = ratio.append(.cast, [four], .float64)
    let below = ratio.append(.cast, [.input(1)], .float64)
    ratio.results = [ratio.append(.div, [above, below], .float64)]
    return Kernel(
      axes: [Axis("i", extent: "n")], outerCount: 0,
      arguments: [
        Argument("x", .float64, isOutput: false), Argument("y", .float64, isOutput: false),
        Argument("out", .float64, isOutput: true),
      ],
      accesses: [
        Access(argument: 0, steps: [.contiguous]), Access(argument: 1, steps: [.contiguous]),
        Access(argument: 2, steps: [.broadcast]),
      ],
      scalars: ["dim(x, 0)"],
      stages: [
        Stage(
          loops: true, sources: [.load(access: 0), .load(access: 1)], composite: hits, stores: [],
          accumulators: [Accumulator(.sum, .int64, result: 0)]),
        Stage(
          loops: false, sources: [.accumulator(0), .scalar(0)], composite: ratio,
          stores: [Store(access: 2, result: 0)], accumulators: []),
      ])
  }

  /// The softmax of each row.
  static var softmax: Kernel {
    var peak = Composite(inputs: [.float32])
    peak.results = [.input(0)]
    var power = Composite(inputs: [.float32, .float32])
    let shifted = power.append(.sub, [.input(0), .input(1)], .float32)
    power.results = [power.append(.exp, [shifted], .float32)]
    var scale = Composite(inputs: [.float32, .float32])
    scale.results = [scale.append(.div, [.input(0), .input(1)], .float32)]
    return Kernel(
      axes: [Axis("r", extent: "m"), Axis("j", extent: "n")], outerCount: 1,
      arguments: [
        Argument("x", .float32, isOutput: false), Argument("y", .float32, isOutput: true),
      ],
      accesses: [
        Access(argument: 0, steps: [.strided, .contiguous]),
        Access(argument: 1, steps: [.strided, .contiguous]),
      ],
      scalars: [],
      stages: [
        Stage(
          loops: true, sources: [.load(access: 0)], composite: peak, stores: [],
          accumulators: [Accumulator(.max, .float32, result: 0)]),
        Stage(
          loops: true, sources: [.load(access: 0), .accumulator(0)], composite: power,
          stores: [Store(access: 1, result: 0)],
          accumulators: [Accumulator(.sum, .float32, result: 0)]),
        Stage(
          loops: true, sources: [.load(access: 1), .accumulator(1)], composite: scale,
          stores: [Store(access: 1, result: 0)], accumulators: []),
      ])
  }
}
