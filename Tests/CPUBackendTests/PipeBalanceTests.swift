import Arrays
import KernelIR
import LLVM
import Scalars
import Testing

@testable import CPUBackend

@Suite("Sums and conversions as a processor's pipes like them")
struct PipeBalanceTests {
  /// What is reduced of float32 values in float64, and the sums that go to the pipes of multiplications.
  enum Reductions: CaseIterable {
    case sum, sumAndSquares, moments, all, polynomial, manySines

    var multiplied: Set<Int> {
      switch self {
      case .sum, .moments, .all: [0]
      case .sumAndSquares, .polynomial, .manySines: []
      }
    }

    var convertsMuch: Bool { self != .manySines }

    fileprivate var stage: (Composite, [Accumulator]) {
      var composite = Composite(inputs: [.float32])
      let wide = composite.append(.cast, [.input(0)], .float64)
      var value = wide
      switch self {
      case .sum, .sumAndSquares, .all: break
      case .moments:
        value = composite.append(.sub, [wide, .constant(Scalar(3.0))], .float64)
      case .polynomial:
        for _ in 0..<4 { value = composite.append(.mul, [value, wide], .float64) }
        value = composite.append(.add, [value, wide], .float64)
      case .manySines:
        for _ in 0..<4 { value = composite.append(.sin, [value], .float64) }
      }
      composite.results = [value, composite.append(.square, [value], .float64), .input(0)]
      let sum = Accumulator(.sum, .float64, result: 0)
      let squares = Accumulator(.sum, .float64, result: 1)
      let extremes = [Reduction.max, .min].map { Accumulator($0, .float32, result: 2) }
      switch self {
      case .sum, .polynomial, .manySines: return (composite, [sum])
      case .sumAndSquares, .moments: return (composite, [sum, squares])
      case .all: return (composite, [sum, squares] + extremes)
      }
    }
  }

  @Test("Sums are multiplied where additions would wait", arguments: Reductions.allCases)
  func balance(reductions: Reductions) throws {
    let kernel = Self.test(reductions, [Scalar](repeating: .zero(.float32), count: 9)).kernel
    let program = StageProgram(
      kernel.stages[0], kernel.stages[0].composite.lowered(), of: kernel, lanesAlong: .inner(0))
    #expect(program.sumsByMultiplication == reductions.multiplied)
  }

  @Test("Processors without such pipes or half vectors get neither", arguments: Reductions.allCases)
  func habits(reductions: Reductions) throws {
    let test = Self.test(reductions, [Scalar](repeating: .zero(.float32), count: 9))
    let kernel = test.kernel.specialized(for: test.layout).kernel
    var target = VectorTarget(vectorByteCount: 64, hasMaskRegisters: true)
    for isZen in [false, true] {
      if isZen { target.habits = ProcessorHabits(streamByteCount: 32, hasPipesForAdditions: true) }
      let ir = KernelEmitter.emit(kernel, named: "kernel", for: target).ir
      #expect(ir.contains("lshr i64 %begin, 63") == (isZen && !reductions.multiplied.isEmpty))
      #expect(ir.contains("\"prefer-vector-width\"=\"256\"") == (isZen && reductions.convertsMuch))
    }
  }

  @Test("Maps keep whole vectors")
  func maps() throws {
    var composite = Composite(inputs: [.float32])
    composite.results = [composite.append(.log, [.input(0)], .float32)]
    let kernel = Kernel(
      axes: [Axis("i", extent: "n")], outerCount: 1,
      arguments: [
        Argument("x", .float32, isOutput: false), Argument("y", .float32, isOutput: true),
      ],
      accesses: (0...1).map { Access(argument: $0, steps: [.contiguous]) }, scalars: [],
      stages: [
        Stage(
          loops: false, sources: [.load(access: 0)], composite: composite,
          stores: [Store(access: 1, result: 0)], accumulators: [])
      ])
    var target = VectorTarget(vectorByteCount: 64, hasMaskRegisters: true)
    target.habits = ProcessorHabits(streamByteCount: 32, hasPipesForAdditions: true)
    #expect(
      !KernelEmitter.emit(kernel, named: "kernel", for: target).ir.contains("prefer-vector-width"))
  }

  @Test(
    "The results are the same", arguments: Reductions.allCases.filter { $0 != .manySines })
  func values(reductions: Reductions) throws {
    for count in [0, 1, 7, 8, 31, 40, 64, 65, 129, 300] {
      for hasNaN in [false, true] {
        // Whole numbers, whose sums and those of their squares are exact.
        var x = (0..<count).map { Scalar(Float($0 * 37 % 15 - 7)) }
        if hasNaN, count > 0 { x[count * 2 / 3] = Scalar(Float.nan) }
        let test = Self.test(reductions, x)
        let label = "\(reductions) of \(count)\(hasNaN ? ", with NaN" : "")"
        try test.check(label, cuts: [40, 100])
        var ahead = test
        ahead.kernel.readsAhead = true
        try ahead.check(label + ", ahead", cuts: [40, 100])
      }
    }
  }

  @Test(
    "NaN are noted of two vectors at once, and none is lost", arguments: [DType.float32, .float64])
  func noted(dtype: DType) throws {
    for count in [64, 130] {
      for place in 0..<count {
        var test = EmissionReductionTests.reduction(
          dtype, EmissionReductionTests.spaces[3], count, special: false, only: .max)
        test.arrays[0][count + place] = Scalar(Double.nan).cast(to: dtype)
        try test.check("\(dtype), NaN at \(place) of \(count)")
      }
    }
  }

  private static func test(_ reductions: Reductions, _ x: [Scalar]) -> KernelCase {
    let (composite, accumulators) = reductions.stage
    let outputs = accumulators.enumerated()
      .map { Argument("y\($0)", $1.dtype, isOutput: true) }
    let kernel = Kernel(
      axes: [Axis("i", extent: "n")], outerCount: 0,
      arguments: [Argument("x", .float32, isOutput: false)] + outputs,
      accesses: (0...outputs.count).map {
        Access(argument: $0, steps: [$0 == 0 ? .contiguous : .broadcast])
      },
      scalars: [],
      stages: [
        Stage(
          loops: true, sources: [.load(access: 0)], composite: composite, stores: [],
          accumulators: accumulators),
        Stage(
          loops: false, sources: accumulators.indices.map { .accumulator($0) },
          composite: .identity(of: accumulators.map(\.dtype)),
          stores: accumulators.indices.map { Store(access: $0 + 1, result: $0) }, accumulators: []),
      ])
    return KernelCase(
      kernel: kernel,
      layout: Layout(extents: [x.count], strides: [[1]] + outputs.map { _ in [0] }),
      arrays: [x] + outputs.map { [.zero($0.dtype)] },
      offsets: Array(repeating: 0, count: outputs.count + 1))
  }
}
