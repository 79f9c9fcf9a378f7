import Arrays
import KernelIR
import Scalars
import Testing

@testable import CPUBackend

@Suite("Kernels that call functions")
struct EmissionCallTests {
  @Test("Long programs call their functions, short ones do not")
  func whichCall() {
    let wide = VectorTarget(vectorByteCount: 64, hasMaskRegisters: true)
    let few = VectorTarget(vectorByteCount: 32, hasMaskRegisters: false)
    let long = Self.wave.lowered(calling: true)
    #expect(Self.wave.lowered(for: wide) == long)
    #expect(long.lines.map(\.operation).contains(.call(.sin)))
    #expect(long.lines.count == 5)
    var exponential = Composite(inputs: [.float64])
    exponential.results = [exponential.append(.exp, [.input(0)], .float64)]
    #expect(exponential.lowered(for: few) == exponential.lowered())
    #expect(!exponential.lowered().lines.contains { $0.operation == .call(.exp) })
    let called = exponential.lowered(calling: true)
    #expect(called.lines.map(\.operation) == [.call(.exp)])
    #expect(called.floatingOperationCount == exponential.lowered().floatingOperationCount)
    var sine = Composite(inputs: [.float32])
    sine.results = [sine.append(.sin, [.input(0)], .float32)]
    #expect(sine.lowered(for: wide) == sine.lowered())
    #expect(sine.lowered(for: few).lines.map(\.operation) == [.call(.sin)])
  }

  @Test("Functions of one operand that share instructions are not called")
  func sharing() {
    var composite = Composite(inputs: [.float64, .float64])
    let sine = composite.append(.sin, [.input(0)], .float64)
    let cosine = composite.append(.cos, [.input(0)], .float64)
    let other = composite.append(.sin, [.input(1)], .float64)
    let exponential = composite.append(.exp, [.input(0)], .float64)
    composite.results = [sine, cosine, other, exponential]
    #expect(
      composite.lowered(calling: true).lines.map(\.operation).filter {
        if case .call = $0 { true } else { false }
      } == [.call(.sin), .call(.exp)])
  }

  @Test("Programs of many calls and those of strided operands take four vectors")
  func fourVectors() {
    let target = VectorTarget(vectorByteCount: 64, hasMaskRegisters: true)
    var many = Composite(inputs: [.float64])
    var value = Composite.Operand.input(0)
    for _ in 0..<10 { value = many.append(.tanh, [value], .float64) }
    many.results = [value]
    var strided = Self.map(Self.wave)
    strided.accesses[0].steps = [.strided]
    let kernels = [Self.map(many), strided]
    for kernel in kernels {
      let emitted = KernelEmitter.emit(kernel, named: "kernel", for: target)
      #expect(emitted.functions.contains { $0.operation == .tanh && $0.vectors == 4 })
      #expect(!emitted.functions.contains { $0.vectors == 2 })
    }
  }

  @Test("Integers have no functions")
  func integers() {
    var power = Composite(inputs: [.int32, .int32])
    power.results = [power.append(.pow, [.input(0), .input(1)], .int32)]
    #expect(power.lowered(calling: true) == power.lowered())
  }

  @Test("A function is called with four vectors, and with one for what is left over")
  func vectors() {
    let target = VectorTarget(vectorByteCount: 32, hasMaskRegisters: false)
    let emitted = KernelEmitter.emit(Self.map(Self.wave), named: "kernel", for: target)
    #expect(
      emitted.functions.map(\.description) == [
        "exp float64, 4 vectors of 4", "sin float64, 4 vectors of 4",
        "tanh float64, 4 vectors of 4", "exp float64, a vector of 4",
        "sin float64, a vector of 4", "tanh float64, a vector of 4",
      ])
    #expect(!emitted.ir.contains("@llvm.fma"))
  }

  @Test("With mask registers the only axis is walked in masked strips of four vectors")
  func masked() {
    let target = VectorTarget(vectorByteCount: 64, hasMaskRegisters: true)
    let calls = [
      "exp float64, 4 vectors of 8", "sin float64, 4 vectors of 8", "tanh float64, 4 vectors of 8",
    ]
    var kernel = Self.map(Self.wave)
    let emitted = KernelEmitter.emit(kernel, named: "kernel", for: target)
    #expect(emitted.functions.map(\.description) == calls)
    #expect(emitted.ir.contains("masked.store"))
    // What passes the caches has a loop of its own, whose strips are whole.
    kernel.storesPastCaches = true
    let past = KernelEmitter.emit(kernel, named: "kernel", for: target)
    #expect(past.functions == emitted.functions)
    #expect(past.ir.contains("nontemporal"))
    // Rows may be shorter than a vector.
    kernel.axes.insert(Axis("j", extent: "m"), at: 0)
    kernel.outerCount = 2
    for access in kernel.accesses.indices { kernel.accesses[access].steps.insert(.strided, at: 0) }
    let rows = KernelEmitter.emit(kernel, named: "kernel", for: target)
    #expect(rows.functions.contains { $0.vectors == 1 })
  }

  @Test("Vectors that take two registers are passed in two", arguments: [1, 7, 40, 200])
  func wide(count: Int) throws {
    // Most of the program is float32, whose lanes the float64 values get.
    var composite = Composite(inputs: [.float32])
    let narrow = [ScalarOp.exp, .sin, .erf].map { composite.append($0, [.input(0)], .float32) }
    let wide = composite.append(.cast, [.input(0)], .float64)
    let power = composite.append(.tanh, [wide], .float64)
    let back = composite.append(.cast, [power], .float32)
    let sum = narrow.reduce(back) { composite.append(.add, [$0, $1], .float32) }
    composite.results = [sum]
    let test = Self.launch(composite, [Self.values(count, .float32)], .float32)
    let target = VectorTarget(vectorByteCount: 64, hasMaskRegisters: true)
    let functions = KernelEmitter.emit(test.kernel, named: "kernel", for: target).functions
    #expect(functions.contains { $0.operation == .tanh && $0.lanes == 8 && $0.vectors == 4 })
    #expect(functions.contains { $0.operation == .sin && $0.lanes == 16 && $0.vectors == 4 })
    try test.check("\(count) elements", cuts: [5])
  }

  @Test("Eight operands of a call are passed as well as four", arguments: [3, 100])
  func powers(count: Int) throws {
    var composite = Composite(inputs: [.float64, .float64])
    composite.results = [composite.append(.pow, [.input(0), .input(1)], .float64)]
    #expect(composite.lowered(calling: true).lines.map(\.operation) == [.call(.pow)])
    let bases = (0..<count).map { Scalar(Double($0) / 8 + 0.25) }
    let exponents = (0..<count).map { Scalar(Double($0 % 13) / 3 - 2) }
    try Self.launch(composite, [bases, exponents], .float64).check("\(count) powers", cuts: [7])
  }

  @Test("A function that a choice needs is passed over where no lane does", arguments: [9, 150])
  func choice(count: Int) throws {
    var composite = Composite(inputs: [.float64])
    let power = composite.append(.pow, [.input(0), .constant(Scalar(1.5))], .float64)
    let isLarge = composite.append(.gt, [.input(0), .constant(Scalar(20.0))], .bool)
    composite.results = [composite.append(.where, [isLarge, power, .input(0)], .float64)]
    // Few are large at first, then none, then all.
    let values = (0..<count).map { index -> Scalar in
      if index < 50 { return Scalar(index % 13 == 12 ? 25.5 : -3.0) }
      return Scalar(index < 100 ? 0.5 : Double(index))
    }
    let test = Self.launch(composite, [values], .float64)
    try test.check("\(count) elements", cuts: [33])
    for target in [(64, true), (32, false)].map({
      VectorTarget(vectorByteCount: $0, hasMaskRegisters: $1)
    }) {
      let ir = KernelEmitter.emit(test.kernel, named: "kernel", for: target, lower: test.lower).ir
      let isBranch = ir.split(separator: "\n").contains {
        $0.contains("bitcast") && $0.contains("to i")
      }
      #expect(isBranch)
    }
  }

  @Test("A function of what is the same in all lanes is called once, with one lane")
  func uniform() throws {
    let composite = Self.wave
    let count = 50
    var test = Self.launch(composite, [Self.values(count, .float64)], .float64)
    test.kernel.accesses[0].steps = [.broadcast]
    test.layout = Layout(extents: [count], strides: [[0], [1]])
    try test.check("one element for all")
    var specialized = test
    (specialized.kernel, specialized.layout) = test.kernel.specialized(for: test.layout)
    let target = VectorTarget(vectorByteCount: 32, hasMaskRegisters: false)
    let functions = KernelEmitter.emit(specialized.kernel, named: "kernel", for: target).functions
    #expect(functions.map(\.lanes) == [1, 1, 1])
  }

  @Test(
    "A reduction calls them in its loop, and what follows it at its end", arguments: [0, 5, 300],
    [false, true])
  func reduction(count: Int, inStreams: Bool) throws {
    var last = Composite(inputs: [.float64])
    let power = last.append(.pow, [.input(0), .constant(Scalar(1.5))], .float64)
    last.results = [last.append(.logErfc, [power], .float64)]
    #expect(last.lowered(calling: true).lines.count == 2)
    let kernel = Kernel(
      axes: [Axis("i", extent: "n")], outerCount: 0,
      arguments: [
        Argument("x", .float64, isOutput: false), Argument("y", .float64, isOutput: true),
      ],
      accesses: [
        Access(argument: 0, steps: [.contiguous]), Access(argument: 1, steps: [.broadcast]),
      ],
      scalars: [],
      stages: [
        Stage(
          loops: true, sources: [.load(access: 0)], composite: Self.wave, stores: [],
          accumulators: [Accumulator(.max, .float64, result: 0)]),
        Stage(
          loops: false, sources: [.accumulator(0)], composite: last,
          stores: [Store(access: 1, result: 0)], accumulators: []),
      ])
    var test = KernelCase(
      kernel: kernel, layout: Layout(extents: [count], strides: [[1], [0]]),
      arrays: [Self.values(count, .float64), [Scalar(0.0)]], offsets: [0, 0],
      callsFunctions: true)
    test.kernel.readsInStreams = inStreams
    try test.check("the greatest of \(count)", cuts: [17, 100])
  }

  /// `exp(x) * sin(x) + tanh(x)`.
  private static let wave: Composite = {
    var composite = Composite(inputs: [.float64])
    let parts = [ScalarOp.exp, .sin, .tanh].map { composite.append($0, [.input(0)], .float64) }
    let product = composite.append(.mul, [parts[0], parts[1]], .float64)
    composite.results = [composite.append(.add, [product, parts[2]], .float64)]
    return composite
  }()

  private static func values(_ count: Int, _ dtype: DType) -> [Scalar] {
    (0..<count).map { index in
      let value = index % 11 == 10 ? 1e9 : Double(index * 29 % 64 - 32) / 9
      return Scalar.float(value, .float64).cast(to: dtype)
    }
  }

  /// A map of contiguous operands.
  private static func map(_ composite: Composite, _ result: DType = .float64) -> Kernel {
    let dtypes = composite.inputs + [result]
    return Kernel(
      axes: [Axis("i", extent: "n")], outerCount: 1,
      arguments: dtypes.enumerated().map { number, dtype in
        Argument("x\(number)", dtype, isOutput: number == composite.inputs.count)
      },
      accesses: dtypes.indices.map { Access(argument: $0, steps: [.contiguous]) }, scalars: [],
      stages: [
        Stage(
          loops: false, sources: composite.inputs.indices.map { .load(access: $0) },
          composite: composite, stores: [Store(access: composite.inputs.count, result: 0)],
          accumulators: [])
      ])
  }

  private static func launch(
    _ composite: Composite, _ operands: [[Scalar]], _ result: DType
  ) -> KernelCase {
    let count = operands[0].count
    return KernelCase(
      kernel: map(composite, result),
      layout: Layout(extents: [count], strides: operands.map { _ in [1] } + [[1]]),
      arrays: operands + [Array(repeating: .zero(result), count: count)],
      offsets: operands.map { _ in 0 } + [0], callsFunctions: true)
  }
}
