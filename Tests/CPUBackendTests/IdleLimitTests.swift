import Arrays
import KernelIR
import Scalars
import Testing

@testable import CPUBackend

@Suite("Limits that no value reaches")
struct IdleLimitTests {
  /// Exponentials of rows of `x` or `w`, shifted by some reduction of the rows of `x`.
  struct Shift: Sendable, CustomTestStringConvertible {
    var reduction = Reduction.max
    /// Whether the elements are those of `x`, from which the peak is subtracted.
    var isOfX = true, takesPeakAway = true
    /// Whether the kernel writes `x`, too.
    var writesX = false

    var testDescription: String { "\(reduction), \(isOfX), \(takesPeakAway), \(writesX)" }
  }

  @Test("What an element is less the greatest of its row is not limited from above")
  func greatest() {
    #expect(Self.upperLimits(Shift()) == 0)
  }

  @Test(
    "All else is",
    arguments: [
      Shift(reduction: .min), Shift(isOfX: false), Shift(takesPeakAway: false),
      Shift(writesX: true),
    ])
  func others(shift: Shift) {
    #expect(Self.upperLimits(shift) == 1)
  }

  @Test("Integers are, which wrap", arguments: [DType.uint8, .int32])
  func integers(dtype: DType) throws {
    #expect(Self.upperLimits(Shift(), dtype) == 1)
    let least = dtype == .uint8 ? 0.0 : -2_147_483_648
    let elements = (0..<40).map { Scalar($0 % 3 == 0 ? least : Double($0)).cast(to: dtype) }
    let test = KernelCase(
      kernel: Self.kernel(Shift(), dtype),
      layout: Layout(extents: [2, 20], strides: Array(repeating: [20, 1], count: 3)),
      arrays: [elements, elements, elements.map { _ in .zero(dtype) }], offsets: [0, 0, 0])
    try test.check("\(dtype)")
  }

  @Test(
    "Exponentials have the bits that they have with the limit",
    arguments: [DType.float32, .float64])
  func bits(dtype: DType) throws {
    let inf = Double.infinity
    let specials: [[Double]] = [
      [0, -88, -103, -104, -150, -700, -745, -746, -1e5], [1e30, -1e30, 2, 1],
      [3e38, -3e38, 1e-40],
      [-inf, 0, 5], [-inf, -inf], [inf, 0, -inf], [.nan, 1, inf], [inf, inf, 3], [-.nan, -5],
    ]
    for count in [5, 33, 131] {
      let elements = specials.flatMap { special in
        (0..<count).map { special[$0 % special.count] - Double($0 / special.count % 7) }
      }.map { Scalar($0).cast(to: dtype) }
      for shift in [Shift(), Shift(reduction: .min)] {
        let test = KernelCase(
          kernel: Self.kernel(shift, dtype),
          layout: Layout(
            extents: [specials.count, count], strides: Array(repeating: [count, 1], count: 3)),
          arrays: [elements, elements, elements.map { _ in .zero(dtype) }], offsets: [0, 0, 0])
        try test.check("\(shift), \(count)", cuts: [2, 3])
      }
    }
  }

  /// How many values are limited from above in the second loop.
  private static func upperLimits(_ shift: Shift, _ dtype: DType = .float32) -> Int {
    let kernel = kernel(shift, dtype), stage = kernel.stages[1]
    let program = StageProgram(
      stage, stage.composite.lowered(), of: kernel, lanesAlong: kernel.laneAxis)
    return program.program.lines.indices.count {
      program.program.lines[$0].operation == .gt && program.needed.contains(.line($0))
    }
  }

  /// Exponentials, or of integers what is no more than 10.
  private static func kernel(_ shift: Shift, _ dtype: DType) -> Kernel {
    var exponential = Composite(inputs: [dtype, dtype])
    let operands: [Composite.Operand] =
      shift.takesPeakAway ? [.input(0), .input(1)] : [.input(1), .input(0)]
    let difference = exponential.append(.sub, operands, dtype)
    if dtype.isFloating {
      exponential.results = [exponential.append(.exp, [difference], dtype)]
    } else {
      let limit = Composite.Operand.constant(Scalar(10.0).cast(to: dtype))
      let isAbove = exponential.append(.gt, [difference, limit], .bool)
      exponential.results = [exponential.append(.where, [isAbove, limit, difference], dtype)]
    }
    return Kernel(
      axes: [Axis("i", extent: "m"), Axis("j", extent: "n")], outerCount: 1,
      arguments: [
        Argument("x", dtype, isOutput: shift.writesX), Argument("w", dtype, isOutput: false),
        Argument("y", dtype, isOutput: true),
      ],
      accesses: (0..<3).map { Access(argument: $0, steps: [.strided, .contiguous]) },
      scalars: [],
      stages: [
        Stage(
          loops: true, sources: [.load(access: 0)], composite: .identity(of: [dtype]), stores: [],
          accumulators: [Accumulator(shift.reduction, dtype, result: 0)]),
        Stage(
          loops: true, sources: [.load(access: shift.isOfX ? 0 : 1), .accumulator(0)],
          composite: exponential,
          stores: [Store(access: 2, result: 0)]
            + (shift.writesX ? [Store(access: 0, result: 0)] : []),
          accumulators: []),
      ])
  }
}
