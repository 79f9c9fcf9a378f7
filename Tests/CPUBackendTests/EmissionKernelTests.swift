import Arrays
import KernelIR
import LLVM
import Scalars
import Testing

@testable import CPUBackend

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

  @Test("What registers have no room for lies where no page ends in it", arguments: [16, 32, 64])
  func stackAlignment(byteCount: Int) {
    let target = VectorTarget(vectorByteCount: byteCount, hasMaskRegisters: byteCount == 64)
    let text = KernelEmitter.emit(Self.pi(8).kernel, named: "pi", for: target).ir
    let functions = text.split(separator: "\n").filter { $0.hasPrefix("define") }
    #expect(functions.count == 2)
    #expect(functions.allSatisfy { $0.contains("alignstack(\(byteCount)) align 64 {") })
  }

  @Test("The seed program counts what it should at every length around its vectors")
  func seed() throws {
    for count in [0, 1, 7, 8, 9, 31, 32, 33, 64, 100, 1000] {
      try Self.pi(count).check("pi of \(count)", cuts: [32, 40, 96, 500])
    }
  }

  @Test("Three stages over rows use the accumulators and stores of the stages before")
  func normalizedRows() throws {
    for (rows, count) in [(3, 1), (2, 7), (3, 8), (2, 33), (1, 67), (3, 100), (4, 0)] {
      for isColumns in [false, true] {
        let strides = isColumns ? [1, rows] : [count, 1]
        try Self.normalized(rows, count, strides: strides)
          .check("\(rows) of \(count), \(strides)", cuts: [1, 2])
      }
    }
  }

  @Test(
    "Columns in panels keep what each loop leaves for the next", arguments: [9, 10, 16, 17, 20, 41])
  func normalizedColumns(count: Int) throws {
    for rows in [1, 5, 64, 130, 3001] {
      try Self.normalized(rows, count, strides: [1, rows])
        .check("\(rows) columns of \(count)", cuts: [1, 100, 128, 2000])
    }
  }

  @Test("Panels are left unasked of wide elements where they are read once")
  func unaskedPanels() throws {
    var target = VectorTarget(vectorByteCount: 32, hasMaskRegisters: false)
    target.habits.unaskedPanelRows = 77
    func isUnasked(_ test: KernelCase) -> Bool {
      let kernel = test.kernel.specialized(for: test.layout).kernel
      return KernelEmitter.emit(kernel, named: "kernel", for: target).ir.contains("i64 77")
    }
    let columns = EmissionReductionTests.columns
    #expect(isUnasked(columns(.float32)) && isUnasked(columns(.int64)))
    #expect(!isUnasked(columns(.uint8)))
    #expect(!isUnasked(Self.normalized(300, 40, strides: [1, 300])))
  }

  @Test("Values kept for results that pass the caches leave other rows alone")
  func displacedRows() throws {
    for (rows, count) in [(1, 40), (2, 32), (5, 67), (6, 64)] {
      var test = Self.normalized(rows, count, strides: [count, 1])
      test.kernel.storesPastCaches = true
      try test.check("\(rows) of \(count)", cuts: [1, 3])
    }
  }

  @Test("Values are kept elsewhere only where all that reads them finds them there")
  func displaceable() {
    let test = Self.normalized(4, 64, strides: [64, 1])
    var kernel = test.kernel.specialized(for: test.layout).kernel
    #expect(kernel.displaceableAccesses == [1: 2])
    #expect(kernel.isFinal(2) && !kernel.isFinal(1))
    kernel.storesPastCaches = true
    let target = VectorTarget(vectorByteCount: 32, hasMaskRegisters: false)
    let text = KernelEmitter.emit(kernel, named: "kernel", for: target).ir
    #expect(text.contains(", !nontemporal"))

    var late = kernel
    late.stages.append(
      Stage(
        loops: true, sources: [.load(access: 1)], composite: .identity(of: [.float64]), stores: [],
        accumulators: [Accumulator(.sum, .float64, result: 0)]))
    #expect(late.displaceableAccesses.isEmpty && !late.isFinal(2))
    var outermost = kernel
    outermost.accesses[1].steps[0] = .broadcast
    #expect(outermost.displaceableAccesses.isEmpty && !outermost.isFinal(2))
    #expect(
      !KernelEmitter.emit(outermost, named: "kernel", for: target).ir.contains(", !nontemporal"))
  }

  @Test("One row passes the caches whatever its outer stride is")
  func displacedRow() throws {
    var test = Self.normalized(1, 640, strides: [1, 1])
    test.kernel.storesPastCaches = true
    let kernel = test.kernel.specialized(for: test.layout).kernel
    #expect(kernel.accesses.allSatisfy { $0.steps.first != .strided })
    let jit = try JIT.shared()
    let text = KernelEmitter.emit(kernel, named: "kernel", for: VectorTarget(jit.host)).ir
    let assembly = try jit.assembly(ir: text, name: "kernel")
    if jit.host.triple.hasPrefix("x86_64") { #expect(assembly.contains("movnt")) }
    try test.check("one row", cuts: [1])
  }

  @Test("Results wider than what is computed need no more than a register's alignment")
  func wideResults() throws {
    var half = Composite(inputs: [.float32])
    half.results = [
      half.append(
        .cast, [half.append(.mul, [.input(0), .constant(Scalar(Float(0.5)))], .float32)], .float64)
    ]
    var kernel = Kernel(
      axes: [Axis("i", extent: "n")], outerCount: 1,
      arguments: [
        Argument("x", .float32, isOutput: false), Argument("y", .float64, isOutput: true),
      ],
      accesses: [
        Access(argument: 0, steps: [.contiguous]), Access(argument: 1, steps: [.contiguous]),
      ],
      scalars: [],
      stages: [
        Stage(
          loops: false, sources: [.load(access: 0)], composite: half,
          stores: [Store(access: 1, result: 0)], accumulators: [])
      ])
    kernel.storesPastCaches = true
    let target = VectorTarget(vectorByteCount: 64, hasMaskRegisters: true)
    let text = KernelEmitter.emit(kernel, named: "kernel", for: target).ir
    #expect(text.contains("align 64, !nontemporal"))
    #expect(!text.contains("align 128"))
  }

  /// `x - max x` over `count` elements, scaled by the inverse of the number of those below -1, in
  /// the three stages of a softmax; the row's maximum and count are outputs too.
  static func normalized(_ rows: Int, _ count: Int, strides: [Int]) -> KernelCase {
    var shift = Composite(inputs: [.float64, .float64])
    let shifted = shift.append(.sub, [.input(0), .input(1)], .float64)
    let isLow = shift.append(.lt, [shifted, .constant(Scalar(-1.0))], .bool)
    shift.results = [shifted, shift.append(.cast, [isLow], .int64)]
    var scale = Composite(inputs: [.float64, .int64])
    let divisor = scale.append(.cast, [.input(1)], .float64)
    scale.results = [scale.append(.div, [.input(0), divisor], .float64)]
    let kernel = Kernel(
      axes: [Axis("r", extent: "m"), Axis("j", extent: "n")], outerCount: 1,
      arguments: [
        Argument("x", .float64, isOutput: false), Argument("y", .float64, isOutput: true),
        Argument("peak", .float64, isOutput: true), Argument("low", .int64, isOutput: true),
      ],
      accesses: [
        Access(argument: 0, steps: [.strided, .strided]),
        Access(argument: 1, steps: [.strided, .strided]),
        Access(argument: 2, steps: [.strided, .broadcast]),
        Access(argument: 3, steps: [.strided, .broadcast]),
      ],
      scalars: [],
      stages: [
        Stage(
          loops: true, sources: [.load(access: 0)], composite: .identity(of: [.float64]),
          stores: [],
          accumulators: [Accumulator(.max, .float64, result: 0)]),
        Stage(
          loops: true, sources: [.load(access: 0), .accumulator(0)], composite: shift,
          stores: [Store(access: 1, result: 0)],
          accumulators: [Accumulator(.sum, .int64, result: 1)]),
        Stage(
          loops: true, sources: [.load(access: 1), .accumulator(1)], composite: scale,
          stores: [Store(access: 1, result: 0)], accumulators: []),
        Stage(
          loops: false, sources: [.accumulator(0), .accumulator(1)],
          composite: .identity(of: [.float64, .int64]),
          stores: [Store(access: 2, result: 0), Store(access: 3, result: 1)], accumulators: []),
      ])
    let x = (0..<rows * count).map { Scalar(Double($0 * 37 % 101) / 16 - 3) }
    return KernelCase(
      kernel: kernel,
      layout: Layout(extents: [rows, count], strides: [strides, strides, [1, 0], [1, 0]]),
      arrays: [
        x, x.map { _ in Scalar(0.0) }, Array(repeating: Scalar(0.0), count: rows),
        Array(repeating: Scalar(Int64(0)), count: rows),
      ], offsets: [0, 0, 0, 0])
  }

  @Test("Elementwise kernels walk any number of axes, broadcast operands and several outputs")
  func elementwise() throws {
    var composite = Composite(inputs: [.float32, .float32, .int32, .int64])
    let root = composite.append(.sqrt, [.input(1)], .float32)
    let scaled = composite.append(.mul, [.input(0), root], .float32)
    let wide = composite.append(.cast, [.input(2)], .int64)
    composite.results = [scaled, composite.append(.add, [wide, .input(3)], .int64)]
    for extents in [[2, 3, 5], [3, 1, 20], [1, 1, 1], [2, 0, 4], [4, 2, 67]] {
      let (m, n, k) = (extents[0], extents[1], extents[2])
      let kernel = Kernel(
        axes: [Axis("i", extent: "m"), Axis("j", extent: "n"), Axis("k", extent: "k")],
        outerCount: 3,
        arguments: [
          Argument("a", .float32, isOutput: false), Argument("b", .float32, isOutput: false),
          Argument("c", .int32, isOutput: false), Argument("y", .float32, isOutput: true),
          Argument("z", .int64, isOutput: true),
        ],
        accesses: (0..<5).map { Access(argument: $0, steps: [.strided, .strided, .strided]) },
        scalars: ["s"],
        stages: [
          Stage(
            loops: false,
            sources: [.load(access: 0), .load(access: 1), .load(access: 2), .scalar(0)],
            composite: composite,
            stores: [Store(access: 3, result: 0), Store(access: 4, result: 1)], accumulators: [])
        ])
      // `a` is padded, `b` has one element for a row, `c` is transposed, `z` runs backwards.
      let strides = [
        [n * (k + 3), k + 3, 1], [0, 1, 0], [1, m, m * n], [n * k, k, 1], [-n * k, -k, -1],
      ]
      let test = KernelCase(
        kernel: kernel, layout: Layout(extents: extents, strides: strides),
        arrays: [
          (0..<m * n * (k + 3)).map { Scalar(Float($0 * 5 % 17) - 8) },
          (0..<n + 1).map { Scalar(Float($0 * $0 + 2)) },
          (0..<m * n * k).map { Scalar(Int32($0 * 7 % 23 - 11)) },
          (0..<m * n * k).map { _ in Scalar(Float(0)) },
          (0..<m * n * k).map { _ in Scalar(Int64(0)) },
        ], offsets: [0, 0, 0, 0, max(0, m * n * k - 1)], scalars: [1 << 40])
      try test.check("\(extents)", cuts: [1, 7, 8, 30])
    }
  }

  @Test("A result may take the place of the operand it is computed from")
  func inPlace() throws {
    var composite = Composite(inputs: [.float64])
    composite.results = [composite.append(.add, [.input(0), .constant(Scalar(1.0))], .float64)]
    let kernel = Kernel(
      axes: [Axis("i", extent: "n")], outerCount: 1,
      arguments: [Argument("x", .float64, isOutput: true)],
      accesses: [Access(argument: 0, steps: [.strided])], scalars: [],
      stages: [
        Stage(
          loops: false, sources: [.load(access: 0)], composite: composite,
          stores: [Store(access: 0, result: 0)], accumulators: [])
      ])
    for count in 0...70 {
      for stride in [1, 3] {
        let x = (0..<count * stride).map { Scalar(Double($0)) }
        try KernelCase(
          kernel: kernel, layout: Layout(extents: [count], strides: [[stride]]), arrays: [x],
          offsets: [0]
        ).check("\(count) elements", cuts: [3])
      }
    }
  }

  @Test("A kernel without axes computes one point, or none")
  func noAxes() throws {
    var composite = Composite(inputs: [.float64])
    composite.results = [composite.append(.sqrt, [.input(0)], .float64)]
    for loops in [false, true] {
      var kernel = Kernel(
        axes: [], outerCount: 0,
        arguments: [
          Argument("x", .float64, isOutput: false), Argument("y", .float64, isOutput: true),
        ],
        accesses: [Access(argument: 0, steps: []), Access(argument: 1, steps: [])], scalars: [],
        stages: [
          Stage(
            loops: loops, sources: [.load(access: 0)], composite: composite,
            stores: loops ? [] : [Store(access: 1, result: 0)],
            accumulators: loops ? [Accumulator(.sum, .float64, result: 0)] : [])
        ])
      if loops {
        kernel.stages.append(
          Stage(
            loops: false, sources: [.accumulator(0)], composite: .identity(of: [.float64]),
            stores: [Store(access: 1, result: 0)], accumulators: []))
      }
      try KernelCase(
        kernel: kernel, layout: Layout(extents: [], strides: [[], []]),
        arrays: [[Scalar(9.0)], [Scalar(0.0)]], offsets: [0, 0]
      ).check("loops: \(loops)")
    }
  }
}
