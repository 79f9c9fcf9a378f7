import Arrays
import KernelIR
import Scalars
import Testing

@testable import CPUBackend

@Suite("Loops of several rows side by side")
struct EmissionStaggeredTests {
  /// Kernels whose rows have several loops.
  enum Program: String, CaseIterable {
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
  }

  @Test(
    "Rows come out as if each were alone", arguments: Program.allCases, [DType.float32, .float64])
  func rows(program: Program, dtype: DType) throws {
    for rows in [1, 2, 3, 5] {
      for count in [0, 1, 16, 33, 100, 131] {
        try check(Self.test(program, dtype, [rows, count], padding: 0), "\(rows) of \(count)")
      }
    }
  }

  @Test("Rows along two axes do, and long ones", arguments: Program.allCases)
  func axes(program: Program) throws {
    for extents in [[2, 3, 40], [3, 1, 65], [4, 2, 0], [1, 2, 8200]] {
      try check(Self.test(program, .float64, extents, padding: 3), "\(extents)")
    }
  }

  @Test("Sums have the same bits, whichever loops run side by side", arguments: Program.allCases)
  func bits(program: Program) throws {
    for count in [100, 259, 1000, 17_000] {
      var test = Self.test(program, .float64, [5, count], padding: 0)
      if program != .bytes {
        test.arrays[0] = test.arrays[0].indices.map { Scalar(Double($0 * 7919 % 1000) / 997) }
      }
      (test.kernel, test.layout) = test.kernel.specialized(for: test.layout)
      for target in TestTarget.available {
        let wanted = try test.run(on: target)
        for (staggers, pastCaches, cuts) in [
          (true, false, []), (true, true, [2]), (false, true, [1]), (true, true, [1, 4]),
        ] {
          var other = test
          other.kernel.staggersRows = staggers
          other.kernel.storesPastCaches = pastCaches
          let found = try other.run(on: target, cuts: cuts)
          #expect(
            zip(wanted, found).allSatisfy { $0.elementsEqual($1, by: { $0.isSame(as: $1) }) },
            "\(count), \(target), \(staggers), \(pastCaches), \(cuts)")
        }
      }
    }
  }

  private func check(_ test: KernelCase, _ label: String) throws {
    for (staggers, pastCaches, readsAhead) in [
      (true, false, false), (true, true, true), (false, true, false), (true, false, true),
    ] {
      var test = test
      test.kernel.staggersRows = staggers
      test.kernel.storesPastCaches = pastCaches
      test.kernel.readsAhead = readsAhead
      try test.check("\(label), \(staggers), \(pastCaches), \(readsAhead)", cuts: [1, 2, 5])
    }
  }

  @Test("Only where a loop does much, and registers are many")
  func eligible() {
    func isStaggered(
      _ program: Program, isLong: Bool = true, registers: Int = 32, pastCaches: Bool = false
    ) -> Bool {
      var target = VectorTarget(vectorByteCount: 64, hasMaskRegisters: true)
      target.registerCount = registers
      let test = Self.test(program, .float32, [8, 64], padding: 0, isLong: isLong)
      var kernel = test.kernel.specialized(for: test.layout).kernel
      kernel.storesPastCaches = pastCaches
      let texts = [false, true].map { staggers in
        kernel.staggersRows = staggers
        return KernelEmitter.emit(kernel, named: "kernel", for: target).ir
      }
      return texts[0] != texts[1]
    }
    for program in Program.allCases {
      // Of values that are kept in one other row's place there is room for those of one row.
      #expect(isStaggered(program) == (program != .fourLoops))
      #expect(!isStaggered(program, isLong: false))
      #expect(!isStaggered(program, registers: 16))
    }
    #expect(isStaggered(.keptValues, pastCaches: true))
  }

  /// A program over rows of whole numbers, whose results and sums are exact.
  private static func test(
    _ program: Program, _ dtype: DType, _ extents: [Int], padding: Int, isLong: Bool = true
  ) -> KernelCase {
    let source = program == .bytes ? .uint8 : dtype
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

    let output = program == .inPlace ? 0 : 1
    let peak = Accumulator(.max, source, result: 0), sum = Accumulator(.sum, dtype, result: 0)
    let first = Stage(
      loops: true, sources: [.load(access: 0)], composite: .identity(of: [source]), stores: [],
      accumulators: [peak])
    let keeps = program != .twoLoops && program != .bytes
    let second = Stage(
      loops: true, sources: [.load(access: 0), .accumulator(0)], composite: long,
      stores: keeps ? [Store(access: output, result: 0)] : [], accumulators: [sum])
    let third = Stage(
      loops: true, sources: [.load(access: 0)], composite: .identity(of: [dtype]), stores: [],
      accumulators: [Accumulator(.min, dtype, result: 0)])
    let last = Stage(
      loops: true, sources: [.load(access: output), .accumulator(1)], composite: less,
      stores: [Store(access: output, result: 0)], accumulators: [])
    let count = program == .fourLoops ? 3 : 2
    let totals = Stage(
      loops: false, sources: (0..<count).map { .accumulator($0) },
      composite: .identity(of: [source] + Array(repeating: dtype, count: count - 1)),
      stores: (0..<count).map { Store(access: output + 1 + $0, result: $0) }, accumulators: [])
    let stages: [Stage] =
      switch program {
      case .twoLoops, .bytes: [first, second, totals]
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
          isOutput: name != "x" || program == .inPlace)
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
