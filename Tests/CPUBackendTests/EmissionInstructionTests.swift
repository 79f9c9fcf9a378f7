import Arrays
import KernelIR
import Scalars
import Testing

@Suite("Emitted instructions")
struct EmissionInstructionTests {
  /// How the operands lie in memory.
  enum Layout: String, CaseIterable { case contiguous, strided, backwards, broadcast }

  @Test(
    "Every instruction on every dtype gives the documented bits, at every length",
    arguments: DType.allCases)
  func instructions(dtype: DType) throws {
    for count in lengths(dtype) {
      let test = elementwise(Self.program(of: dtype), .contiguous, count)
      try test.check("\(dtype), \(count) elements", cuts: [5, 40])
    }
  }

  @Test("Every dtype is read and written in every layout", arguments: DType.allCases)
  func layouts(dtype: DType) throws {
    var program = LaneProgram(inputs: [dtype, dtype, .bool])
    let chosen = program.append(.select, [.input(2), .input(0), .input(1)], dtype)
    program.results = [chosen, program.append(.lt, [.input(0), .input(1)], .bool), .input(1)]
    for layout in Layout.allCases {
      for count in lengths(dtype) {
        let test = elementwise(program, layout, count)
        try test.check("\(dtype), \(layout), \(count) elements", cuts: [5, 40])
      }
    }
  }

  @Test("Results written past the caches are the same, aligned or not", arguments: DType.allCases)
  func pastCaches(dtype: DType) throws {
    // Short programs have a loop for either case, long ones a branch.
    for extra in [0, 24] {
      var program = LaneProgram(inputs: [dtype, dtype])
      let isLess = program.append(.lt, [.input(0), .input(1)], .bool)
      var value = LaneProgram.Operand.input(0)
      for number in 0..<extra {
        value = program.append(.select, [isLess, value, .input(number % 2)], dtype)
      }
      program.results = [value, isLess]
      for count in [1, 67, 300] {
        for offsets in [[0, 0], [1, 3]] {
          var test = elementwise(program, .contiguous, count)
          test.kernel.storesPastCaches = true
          test.offsets[2...] = offsets[...]
          try test.check(
            "\(dtype), \(extra) more lines, \(count) elements, from \(offsets)", cuts: [64, 129])
        }
      }
    }
  }

  @Test("Every dtype converts to every other", arguments: DType.allCases)
  func conversions(dtype: DType) throws {
    var program = LaneProgram(inputs: [dtype])
    program.results = DType.allCases.map { program.append(.convert, [.input(0)], $0) }
    for count in [1, 3, 67, 200] {
      try elementwise(program, .contiguous, count).check("\(dtype), \(count) elements")
    }
  }

  @Test(
    "Scaling by powers of two rounds once", arguments: [DType.float32, .float64], [1, 3, 19, 67])
  func scaling(dtype: DType, count: Int) throws {
    let limit = dtype == .float32 ? 126 : 1022, digits = dtype == .float32 ? 23 : 52
    let exponents = [
      0, 1, -1, limit, limit + 1, limit + 2, -limit, -limit - 1, -limit - 5,
      -limit - digits, -limit - digits - 1, -limit - digits - 30,
    ]
    let values = [1, -1, 0.7071, 1.4142135, 1.9999999, -0x1.8p0, 0x1.5555p-30, 0x1.000002p-1, .nan]
    for shift in 0..<exponents.count {
      var program = LaneProgram(inputs: [dtype, dtype])
      program.results = [program.append(.scale, [.input(0), .input(1)], dtype)]
      var test = elementwise(program, .contiguous, count)
      for (argument, numbers) in [values, exponents.map(Double.init)].enumerated() {
        test.arrays[argument] = (0..<count).map {
          Scalar.float(numbers[($0 + argument * shift) % numbers.count], .float64).cast(to: dtype)
        }
      }
      // The exponent of what is no number is none.
      for place in 0..<count where test.arrays[0][place].asDouble.isNaN {
        test.arrays[1][place] = test.arrays[0][place]
      }
      try test.check("\(dtype), \(count) elements")
    }
  }

  @Test("Constants are exact", arguments: DType.allCases)
  func constants(dtype: DType) throws {
    var program = LaneProgram(inputs: [dtype])
    program.results = [.input(0)]
    for value in Self.values(dtype) {
      program.results.append(
        dtype == .bool
          ? program.append(.and, [.constant(value), .constant(value)], .bool)
          : program.append(.max, [.constant(value), .constant(value)], dtype))
    }
    try elementwise(program, .contiguous, 19).check("\(dtype)")
  }

  private func lengths(_ dtype: DType) -> [Int] {
    let isWhole = [.uint8, .float32, .float64].contains(dtype)
    return isWhole ? Array(0...67) : [0, 1, 2, 7, 8, 9, 15, 17, 31, 33, 63, 64, 65, 67]
  }

  /// Every instruction that `dtype` has, one result each.
  static func program(of dtype: DType) -> LaneProgram {
    var program = LaneProgram(inputs: [dtype, dtype, dtype, .bool])
    func add(_ instruction: Instruction, _ inputs: [Int], _ result: DType) {
      program.results.append(program.append(instruction, inputs.map { .input($0) }, result))
    }
    for instruction: Instruction in [.eq, .ne, .lt, .le, .gt, .ge] {
      add(instruction, [0, 1], .bool)
    }
    add(.select, [3, 0, 1], dtype)
    for instruction: Instruction in [.min, .max] { add(instruction, [0, 1], dtype) }
    if !dtype.isFloating {
      for instruction: Instruction in [.and, .or, .xor] { add(instruction, [0, 1], dtype) }
      add(.not, [0], dtype)
    }
    if dtype == .bool { return program }
    for instruction: Instruction in [.add, .sub, .mul, .div] { add(instruction, [0, 1], dtype) }
    for instruction: Instruction in [.neg, .abs] { add(instruction, [0], dtype) }
    if dtype.isFloating {
      for instruction: Instruction in [.sqrt, .floor, .ceil, .trunc, .roundEven] {
        add(instruction, [0], dtype)
      }
      add(.fma, [0, 1, 2], dtype)
      add(.bitcast, [0], dtype == .float32 ? .int32 : .uint64)
    } else {
      addIntegers(dtype, to: &program)
    }
    return program
  }

  private static func addIntegers(_ dtype: DType, to program: inout LaneProgram) {
    func add(_ instruction: Instruction, _ operands: [LaneProgram.Operand], _ result: DType) {
      program.results.append(program.append(instruction, operands, result))
    }
    func constant(_ value: Int64) -> LaneProgram.Operand {
      .constant(Scalar.int(value, .int64).cast(to: dtype))
    }
    add(.rem, [.input(0), .input(1)], dtype)
    for divisor: Int64 in [0, 1, -1, 7, 100] {
      add(.div, [.input(0), constant(divisor)], dtype)
      add(.rem, [.input(0), constant(divisor)], dtype)
    }
    let width = program.append(
      .and, [.input(1), constant(Int64(dtype.bitWidth - 1))], dtype)
    add(.shiftLeft, [.input(0), width], dtype)
    add(.shiftRight, [.input(0), width], dtype)
    if dtype.byteCount == 4 { add(.bitcast, [.input(0)], .float32) }
    if dtype.byteCount == 8 { add(.bitcast, [.input(0)], .float64) }
    if dtype == .int32 || dtype == .int64 {
      let table = Table("squares", words: (0..<32).map { UInt64($0 * $0) &* 0x1234_5678_9abc })
      let index = program.append(.and, [.input(0), constant(31)], dtype)
      for result: DType in [.uint64, .int64, .float64] { add(.lookup(table), [index], result) }
    }
  }

  /// An elementwise kernel that loads the program's inputs and stores every result.
  private func elementwise(_ program: LaneProgram, _ layout: Layout, _ count: Int) -> KernelCase {
    var arguments: [Argument] = []
    var (strides, arrays, offsets): ([[Int]], [[Scalar]], [Int]) = ([], [], [])
    for (number, dtype) in program.inputs.enumerated() {
      let values = Self.values(dtype)
      // Every value of one operand meets every value of the other, sooner or later.
      let stride = layout == .strided ? 2 + number : layout == .backwards ? -1 : 1
      let isBroadcast = layout == .broadcast && number == 1
      arguments.append(Argument("x\(number)", dtype, isOutput: false))
      strides.append([isBroadcast ? 0 : stride])
      arrays.append(
        (0..<max(1, count * abs(stride))).map {
          values[($0 * (number + 1) + $0 / values.count * number + count) % values.count]
        })
      offsets.append(stride < 0 ? max(0, count - 1) : 0)
    }
    for (number, result) in program.results.enumerated() {
      let dtype = program.dtype(of: result)
      let stride = layout == .strided ? 3 : 1
      arguments.append(Argument("y\(number)", dtype, isOutput: true))
      strides.append([stride])
      arrays.append(Array(repeating: .one(dtype), count: count * stride + 4))
      offsets.append(number % 3)
    }
    let accesses = arguments.indices.map { Access(argument: $0, steps: [.strided]) }
    let stage = Stage(
      loops: false, sources: program.inputs.indices.map { .load(access: $0) },
      composite: Composite(inputs: program.inputs),
      stores: program.results.indices.map { Store(access: program.inputs.count + $0, result: $0) },
      accumulators: [])
    let kernel = Kernel(
      axes: [Axis("i", extent: "n")], outerCount: 1, arguments: arguments, accesses: accesses,
      scalars: [], stages: [stage])
    return KernelCase(
      kernel: kernel, layout: .init(extents: [count], strides: strides), arrays: arrays,
      offsets: offsets, program: program)
  }

  /// Values of `dtype` at which something may go wrong.
  static func values(_ dtype: DType) -> [Scalar] {
    switch dtype.kind {
    case .bool: [.bool(false), .bool(true), .bool(true)]
    case .signed, .unsigned:
      ([0, 1, -1, 2, 3, 7, -8, 100, -100, 0x5555_5555_5555_5555] as [Int64])
        .map { Scalar(bits: UInt64(bitPattern: $0), dtype) }
        + [
          Scalar(bits: 1 << UInt64(dtype.bitWidth - 1), dtype),
          Scalar(bits: (1 << UInt64(dtype.bitWidth - 1)) - 1, dtype),
        ]
    case .floating:
      [
        0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3.3, -1e-3, 127.5, 128, -129, 255.7, 32768,
        65535.9, 2_147_483_647, 2_147_483_648, -2_147_483_649, 4_294_967_295, 1e10,
        0x1p63, -9_223_372_036_854_775_808, 0x1p64, 1e20,
        -1e20, 0x1p-1030, 0x1p-140, 0x1.fffffep127, .infinity, -.infinity, .nan,
      ].map { Scalar.float($0, .float64).cast(to: dtype) }
    }
  }
}
