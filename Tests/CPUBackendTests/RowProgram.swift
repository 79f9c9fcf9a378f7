import Arrays
import KernelIR
import Scalars

@testable import CPUBackend

/// Kernels whose rows have several loops.
enum RowProgram: String, CaseIterable {
  /// The sum over a row of a long program that reads the row's maximum.
  case twoLoops
  /// What the second of three loops keeps for the third.
  case keptValues
  /// The same, with the results in the place of the operand.
  case inPlace
  /// What the second of four loops keeps for the fourth.
  case fourLoops
  /// A maximum of bytes, and the sum of a long program of floats.
  case bytes
  /// Two sums, and a long program of them that comes once for a row.
  case oneLoop
  /// The same after two loops.
  case longEnds

  private var hasLongEnds: Bool { self == .oneLoop || self == .longEnds }

  /// A program over rows of whole numbers, whose results and sums are exact.
  func test(
    _ dtype: DType, _ extents: [Int], padding: Int, isLong: Bool = true
  ) -> KernelCase {
    let source = self == .bytes ? .uint8 : dtype
    var long = Composite(inputs: [source, source])
    let operands = (0..<2).map { number in
      source == dtype
        ? Composite.Operand.input(number) : long.append(.cast, [.input(number)], dtype)
    }
    var value = long.append(.sub, operands, dtype)
    for step in 0..<(isLong ? 20 : 2) {
      let constant = Composite.Operand.constant(Scalar(Double(step % 5 - 2)).cast(to: dtype))
      value = long.append(step % 2 == 0 ? .add : .maximum, [value, constant], dtype)
    }
    long.results = [value]
    var less = Composite(inputs: [dtype, dtype])
    less.results = [less.append(.sub, [.input(0), .input(1)], dtype)]

    let output = self == .inPlace ? 0 : 1
    let peak = Accumulator(.max, source, result: 0), sum = Accumulator(.sum, dtype, result: 0)
    let first = Stage(
      loops: true, sources: [.load(access: 0)], composite: .identity(of: [source]), stores: [],
      accumulators: self == .oneLoop ? [sum, sum] : [peak])
    let keeps = self == .keptValues || self == .inPlace || self == .fourLoops
    let second = Stage(
      loops: true, sources: [.load(access: 0), .accumulator(0)], composite: long,
      stores: keeps ? [Store(access: output, result: 0)] : [], accumulators: [sum])
    let third = Stage(
      loops: true, sources: [.load(access: 0)], composite: .identity(of: [dtype]), stores: [],
      accumulators: [Accumulator(.min, dtype, result: 0)])
    let last = Stage(
      loops: true, sources: [.load(access: output), .accumulator(1)], composite: less,
      stores: [Store(access: output, result: 0)], accumulators: [])
    let count = self == .fourLoops ? 3 : 2
    var ends = Composite.identity(of: [source] + Array(repeating: dtype, count: count - 1))
    for step in 0..<(hasLongEnds ? 12 : 0) {
      ends.results = zip(ends.results, ends.inputs).map { value, dtype in
        let constant = Composite.Operand.constant(Scalar(Double(step % 5 - 2)).cast(to: dtype))
        return ends.append(step % 2 == 0 ? .add : .maximum, [value, constant], dtype)
      }
    }
    let totals = Stage(
      loops: false, sources: (0..<count).map { .accumulator($0) }, composite: ends,
      stores: (0..<count).map { Store(access: output + 1 + $0, result: $0) }, accumulators: [])
    let stages: [Stage] =
      switch self {
      case .oneLoop: [first, totals]
      case .twoLoops, .bytes, .longEnds: [first, second, totals]
      case .keptValues, .inPlace: [first, second, totals, last]
      case .fourLoops: [first, second, third, totals, last]
      }

    let outer = extents.dropLast(), length = extents[extents.count - 1]
    var strides = [1], points = [0]
    var (step, number) = (length + padding, 1)
    for extent in outer.reversed() {
      (strides, points) = ([step] + strides, [number] + points)
      (step, number) = (step * extent, number * extent)
    }
    let rows = number
    let names = ["x", "y"].prefix(output + 1) + ["peak", "sum", "least"].prefix(count)
    let kernel = Kernel(
      axes: extents.indices.map { Axis("i\($0)", extent: "n\($0)") }, outerCount: outer.count,
      arguments: names.map { name in
        Argument(
          name, name == "x" || name == "peak" ? source : dtype,
          isOutput: name != "x" || self == .inPlace)
      },
      accesses: names.indices.map { number in
        Access(
          argument: number,
          steps: extents.indices.map { axis in
            number > output && axis == outer.count ? .broadcast : .strided
          })
      },
      scalars: [], stages: stages)
    let x = (0..<rows * (length + padding)).map {
      Scalar(Double($0 * 37 % 101 - (source == dtype ? 50 : 0))).cast(to: source)
    }
    return KernelCase(
      kernel: kernel,
      layout: Layout(
        extents: extents, strides: names.indices.map { $0 > output ? points : strides }),
      arrays: names.indices.map { number in
        number == 0
          ? x
          : Array(
            repeating: .zero(kernel.arguments[number].dtype),
            count: number > output ? rows : x.count)
      }, offsets: names.map { _ in 0 })
  }
}
