import Arrays
import KernelIR
import Scalars
import Testing

@Suite("Emitted reductions")
struct EmissionReductionTests {
  /// The iteration space of a reduction, and how its operand lies in memory.
  struct Space: CustomStringConvertible, Sendable {
    let description: String
    let outerCount: Int
    /// The extents for a size, and the operand's stride along each axis.
    let extents: @Sendable (Int) -> [Int]
    let strides: @Sendable (Int) -> [Int]
  }

  // swift-format-ignore
  static let spaces = [
    Space(description: "all", outerCount: 0, extents: { [$0] }, strides: { _ in [1] }),
    Space(description: "all, strided", outerCount: 0, extents: { [$0] }, strides: { _ in [3] }),
    Space(description: "all of two axes", outerCount: 0, extents: { [3, $0] }, strides: { [$0 + 2, 1] }),
    Space(description: "rows", outerCount: 1, extents: { [3, $0] }, strides: { [$0, 1] }),
    Space(description: "columns", outerCount: 1, extents: { [$0, 3] }, strides: { [1, $0 + 1] }),
    Space(description: "the same value", outerCount: 1, extents: { [2, $0] }, strides: { _ in [1, 0] }),
    Space(description: "a middle axis", outerCount: 2, extents: { [2, $0, 3] }, strides: { [3 * $0, 1, $0] }),
    Space(description: "the outer two axes", outerCount: 1, extents: { [2, 3, $0] }, strides: { [$0, 2 * $0 + 1, 1] }),
  ]

  @Test("Every reduction of every dtype, over every kind of axes", arguments: DType.allCases)
  func reductions(dtype: DType) throws {
    // How a walk is cut does not depend on whether integers are signed.
    for space in dtype.isUnsigned ? Self.spaces.filter({ $0.outerCount < 2 }) : Self.spaces {
      for count in [0, 1, 2, 7, 9, 16, 33, 67] {
        for special in dtype.isFloating && count > 2 ? [false, true] : [false] {
          let test = Self.reduction(dtype, space, count, special: special)
          let label = "\(dtype), \(space), \(count)\(special ? ", with NaN" : "")"
          for test in Self.variants(test) { try test.check(label, cuts: [1, 2, 40, 64, 100]) }
        }
      }
    }
  }

  @Test("Reductions of floats agree at every length around the vectors")
  func lengths() throws {
    for count in 0...150 {
      for space in Self.spaces[0...4] {
        let test = Self.reduction(.float32, space, count, special: false)
        for test in Self.variants(test) { try test.check("\(space), \(count)") }
      }
    }
  }

  @Test(
    "Reductions that run in several vectors side by side agree",
    arguments: [
      (DType.float32, Reduction.sum), (.float32, .max), (.float64, .argmin), (.int16, .min),
      (.bool, .any), (.bool, .all),
    ])
  func wideStrips(dtype: DType, reduction: Reduction) throws {
    for space in Self.spaces {
      for count in [1, 15, 16, 17, 33, 63, 64, 65, 100, 129, 160, 200, 260, 513] {
        let test = Self.reduction(
          dtype, space, count, special: dtype.isFloating && count % 2 == 0, only: reduction)
        for test in Self.variants(test) {
          try test.check("\(reduction) of \(dtype), \(space), \(count)", cuts: [65, 130, 400])
        }
      }
    }
  }

  // swift-format-ignore
  private static let tallSpaces = [
    Space(description: "panels", outerCount: 1, extents: { [$0, 27] }, strides: { [1, $0 + 1] }),
    Space(description: "panels of two axes", outerCount: 1, extents: { [$0, 6, 4] }, strides: { [1, 4 * $0 + 9, $0 + 1] }),
    Space(description: "panels of each of two", outerCount: 2, extents: { [2, $0, 21] }, strides: { [1, 2, 2 * $0] }),
    Space(description: "groups of rows", outerCount: 1, extents: { [11, $0] }, strides: { [$0 + 3, 1] }),
    Space(description: "groups in each of two", outerCount: 2, extents: { [2, 7, $0] }, strides: { [8 * $0, $0, 1] }),
  ]

  /// The sums of 300 columns.
  static func columns(_ dtype: DType) -> KernelCase {
    reduction(dtype, tallSpaces[0], 300, special: false, only: .sum)
  }

  @Test(
    "Reductions that take several rows at once agree",
    arguments: [
      (DType.float32, Reduction.sum), (.float32, .max), (.float64, .sum), (.float64, .argmax),
      (.int32, .sum), (.int8, .min), (.bool, .any), (.bool, .argmax),
    ])
  func severalRows(dtype: DType, reduction: Reduction) throws {
    for space in Self.tallSpaces {
      for count in [1, 5, 16, 31, 64, 129, 300] {
        let test = Self.reduction(
          dtype, space, count, special: dtype.isFloating && count % 2 == 0, only: reduction)
        try test.check("\(reduction) of \(dtype), \(space), \(count)", cuts: [3, 65, 130])
      }
    }
  }

  @Test(
    "Columns of more than one panel and chunks of several streams agree",
    arguments: [(DType.float64, Reduction.sum), (.float32, .argmin)])
  func long(dtype: DType, reduction: Reduction) throws {
    for (space, count) in [(Self.tallSpaces[0], 9001), (Self.spaces[0], 2 * 16_384 + 77)] {
      let test = Self.reduction(dtype, space, count, special: false, only: reduction)
      for test in Self.variants(test) {
        try test.check("\(reduction) of \(dtype), \(space)", cuts: [8200])
      }
    }
  }

  @Test(
    "Of equal values the first counts, however much is computed and whatever is read side by side",
    arguments: [(DType.float32, Reduction.argmax), (.float64, .argmin), (.int32, .argmax)])
  func ties(dtype: DType, reduction: Reduction) throws {
    for count in [40, 130, 517, 2000] {
      var test = Self.reduction(dtype, Self.spaces[0], count, special: false, only: reduction)
      var composite = Composite(inputs: [dtype])
      let value = (0..<24).reduce(Composite.Operand.input(0)) { value, _ in
        composite.append(.neg, [value], dtype)
      }
      composite.results = [value]
      test.kernel.stages[0].composite = composite
      // The least and the greatest value are not among the first, but everywhere behind them.
      test.arrays[0] = (0..<count).map { index in
        Scalar.float(index < 20 ? 1 : Double(index * 31 % 7 % 3), .float64).cast(to: dtype)
      }
      for test in Self.variants(test) {
        try test.check("\(reduction) of \(dtype), \(count)", cuts: [70])
      }
    }
  }

  @Test(
    "Streams agree that share their states, that are of two operands, and that store",
    arguments: [DType.float32, .float64, .int32])
  func streams(dtype: DType) throws {
    for count in [1, 31, 64, 130, 517, 2000] {
      for special in dtype.isFloating && count > 2 ? [false, true] : [false] {
        for stores in 0...5 {
          let test = Self.statistics(dtype, count, special: special, stores: stores)
          for test in Self.variants(test) {
            try test.check("\(dtype), \(count), \(stores) stores", cuts: [70, 400])
          }
        }
      }
    }
    for count in [40, 517, 2000] {
      var test = Self.reduction(dtype, Self.spaces[0], count, special: false, only: .sum)
      test.kernel.arguments.append(Argument("z", dtype, isOutput: false))
      test.kernel.accesses.append(Access(argument: 2, steps: test.kernel.accesses[0].steps))
      test.kernel.stages[0].sources.append(.load(access: 2))
      test.layout.strides.append(test.layout.strides[0])
      test.arrays.append(test.arrays[0])
      test.offsets.append(0)
      var composite = Composite(inputs: [dtype, dtype])
      composite.results = [composite.append(.sub, [.input(0), .input(1)], dtype)]
      test.kernel.stages[0].composite = composite
      for test in Self.variants(test) { try test.check("two of \(dtype), \(count)") }
    }
  }

  /// A kernel that gives the sum, the sum of squares, the greatest and the least of its operand, and
  /// stores that some times in its loop.
  private static func statistics(
    _ dtype: DType, _ count: Int, special: Bool, stores: Int
  ) -> KernelCase {
    var test = reduction(dtype, spaces[0], count, special: special)
    var composite = Composite(inputs: [dtype])
    composite.results = [.input(0), composite.append(.mul, [.input(0), .input(0)], dtype)]
    let accumulators = [
      Accumulator(.sum, dtype, result: 0), Accumulator(.sum, dtype, result: 1),
      Accumulator(.max, dtype, result: 0), Accumulator(.min, dtype, result: 0),
    ]
    let zeros = [Scalar](repeating: .zero(dtype), count: count)
    test.kernel.arguments = [Argument("x", dtype, isOutput: false)]
    test.kernel.accesses = [test.kernel.accesses[0]]
    (test.layout.strides, test.arrays) = ([test.layout.strides[0]], [test.arrays[0]])
    for number in 0..<4 + stores {
      test.kernel.arguments.append(Argument("y\(number)", dtype, isOutput: true))
      test.kernel.accesses.append(
        Access(
          argument: number + 1, steps: number < 4 ? [.broadcast] : test.kernel.accesses[0].steps))
      test.layout.strides.append(number < 4 ? [0] : test.layout.strides[0])
      test.arrays.append(number < 4 ? [.zero(dtype)] : zeros)
    }
    test.offsets = Array(repeating: 0, count: 5 + stores)
    test.kernel.stages[0].composite = composite
    test.kernel.stages[0].accumulators = accumulators
    test.kernel.stages[0].stores = (0..<stores).map { Store(access: 5 + $0, result: 0) }
    test.kernel.stages[1] = Stage(
      loops: false, sources: (0..<4).map { .accumulator($0) },
      composite: .identity(of: accumulators.map(\.valueDType)),
      stores: (0..<4).map { Store(access: $0 + 1, result: $0) }, accumulators: [])
    return test
  }

  /// A kernel as it is for operands in the caches, and as it is for others.
  private static func variants(_ test: KernelCase) -> [KernelCase] {
    guard test.kernel.isFullReduction else { return [test] }
    var streams = test
    streams.kernel.readsInStreams = true
    return [test, streams]
  }

  @Test(
    "Positions beyond 32 bits are whole",
    arguments: [DType.float32, .float64, .int8, .int16], [(1 << 32) - 70, 1 << 33])
  func farPositions(dtype: DType, origin: Int) throws {
    for count in [5, 40, 150, 400] {
      var test = Self.reduction(dtype, Self.spaces[0], count, special: false, only: .argmax)
      test.arrays[0] = (0..<count).map {
        Scalar($0 == count * 2 / 3 ? 1.0 : 0.0).cast(to: dtype)
      }
      test.origin = origin
      (test.kernel, test.layout) = test.kernel.specialized(for: test.layout)
      for test in Self.variants(test) {
        for target in TestTarget.available {
          let found = try test.run(on: target)[1][0]
          #expect(found == Scalar(Int64(origin + count * 2 / 3)), "\(dtype), \(target), \(count)")
        }
      }
    }
  }

  @Test(
    "Of equal values of a row the first counts, also where walks are interrupted",
    arguments: [DType.float32, .float64, .int32, .int8, .bool])
  func rowTies(dtype: DType) throws {
    for count in [90, 101, 250, 517] {
      for negations in [0, 24] {
        var test = Self.reduction(dtype, Self.spaces[3], count, special: false, only: .argmax)
        if dtype != .bool {
          var composite = Composite(inputs: [dtype])
          let value = (0..<negations).reduce(Composite.Operand.input(0)) { value, _ in
            composite.append(.neg, [value], dtype)
          }
          composite.results = [value, value]
          test.kernel.stages[0].composite = composite
        }
        // The greatest is far into a row, and again behind; in the last row all are equal.
        test.arrays[0] = (0..<3 * count).map { index in
          let (row, column) = index.quotientAndRemainder(dividingBy: count)
          let isGreatest = row < 2 && column >= count * (row + 1) / 3 && column % 3 == row
          return Scalar(isGreatest ? 1.0 : 0.0).cast(to: dtype)
        }
        for readsAhead in [false, true] {
          test.kernel.readsAhead = readsAhead
          try test.check("\(dtype), \(count), \(negations)")
        }
      }
    }
  }

  @Test("Positions and sums of a row that is longer than a block agree")
  func rowOfBlocks() throws {
    let count = 40_000
    for nan in [nil, 16_390, 33_000] {
      var test = Self.reduction(.float32, Self.spaces[3], 1, special: false, only: .argmax)
      test.layout.extents = [1, count]
      test.layout.strides[0] = [count, 1]
      test.kernel.arguments.append(Argument("y1", .float32, isOutput: true))
      test.kernel.accesses.append(Access(argument: 2, steps: test.kernel.accesses[1].steps))
      test.layout.strides.append(test.layout.strides[1])
      test.arrays[1] = [.zero(.int64)]
      test.arrays.append([.zero(.float32)])
      test.offsets.append(0)
      test.kernel.stages[0].accumulators.append(Accumulator(.sum, .float32, result: 0))
      test.kernel.stages[1] = Stage(
        loops: false, sources: [.accumulator(0), .accumulator(1)],
        composite: .identity(of: [.int64, .float32]),
        stores: [Store(access: 1, result: 0), Store(access: 2, result: 1)], accumulators: [])
      test.arrays[0] = (0..<count).map { index in
        if index == nan { return Scalar(Float.nan) }
        return Scalar(Float([17_000, 17_001, 39_000].contains(index) ? 5 : index % 4))
      }
      try test.check("NaN at \(nan.map(String.init) ?? "no place")")
    }
  }

  @Test("A long row loses few digits")
  func longRow() throws {
    let count = 1 << 18
    var test = Self.reduction(.float32, Self.spaces[3], 0, special: false, only: .sum)
    let tenth = Scalar(Float(0.1))
    test.layout.extents = [1, count]
    test.layout.strides[0] = [count, 1]
    test.kernel.accesses[0].steps = [.strided, .contiguous]
    test.arrays[0] = Array(repeating: tenth, count: count)
    let sum = try test.run(on: .bytes16)[1][0].asDouble
    let exact = tenth.asDouble * Double(count)
    #expect(abs(sum - exact) < 1e-5 * exact, "\(sum) for \(exact)")
  }

  /// A kernel with every reduction of `dtype`, or one, each written to an output of its own.
  static func reduction(
    _ dtype: DType, _ space: Space, _ count: Int, special: Bool, only: Reduction? = nil
  ) -> KernelCase {
    var (composite, accumulators) = composite(dtype)
    if let only {
      accumulators = [Accumulator(only, dtype, result: dtype == .bool ? 1 : 0)]
      composite.results = Array(composite.results[...1])
    }
    let axes = space.extents(count)
    let strides = space.strides(count)
    let size = zip(axes, strides).map { max(0, $0 - 1) * $1 }.reduce(1, +)
    let values = self.values(dtype, size, special: special)

    // The outputs are dense in the outer axes.
    var (step, outer): (Int, [Int]) = (1, Array(repeating: 0, count: axes.count))
    for axis in (0..<space.outerCount).reversed() {
      (outer[axis], step) = (step, step * axes[axis])
    }
    let outputs = accumulators.enumerated()
      .map { Argument("y\($0)", $1.valueDType, isOutput: true) }
    let last = Composite.identity(of: accumulators.map(\.valueDType))
    let kernel = Kernel(
      axes: axes.indices.map { Axis("i\($0)", extent: "n\($0)") }, outerCount: space.outerCount,
      arguments: [Argument("x", dtype, isOutput: false)] + outputs,
      accesses: (0...outputs.count).map {
        Access(
          argument: $0, steps: ($0 == 0 ? strides : outer).map { $0 == 0 ? .broadcast : .strided })
      },
      scalars: [],
      stages: [
        Stage(
          loops: true, sources: [.load(access: 0)], composite: composite, stores: [],
          accumulators: accumulators),
        Stage(
          loops: false, sources: accumulators.indices.map { .accumulator($0) }, composite: last,
          stores: accumulators.indices.map { Store(access: $0 + 1, result: $0) }, accumulators: []),
      ])
    return KernelCase(
      kernel: kernel,
      layout: Layout(extents: axes, strides: [strides] + outputs.map { _ in outer }),
      arrays: [values] + outputs.map { Array(repeating: .zero($0.dtype), count: step) },
      offsets: Array(repeating: 0, count: outputs.count + 1))
  }

  private static func composite(_ dtype: DType) -> (Composite, [Accumulator]) {
    var composite = Composite(inputs: [dtype])
    let test = composite.append(.ne, [.input(0), .constant(.one(dtype))], .bool)
    composite.results = [
      .input(0), test, composite.append(.cast, [test], .int64),
      composite.append(.cast, [test], .uint8),
    ]
    var accumulators = [Reduction.min, .max, .argmin, .argmax].map {
      Accumulator($0, dtype, result: 0)
    }
    if dtype != .bool {
      accumulators += [Accumulator(.sum, dtype, result: 0), Accumulator(.prod, dtype, result: 0)]
    }
    accumulators += [Reduction.any, .all, .argmin, .argmax, .min, .max].map {
      Accumulator($0, .bool, result: 1)
    }
    accumulators += [Accumulator(.sum, .int64, result: 2), Accumulator(.sum, .uint8, result: 3)]
    return (composite, accumulators)
  }

  /// Values whose sums and products are exact in any order; `special` puts infinities and a NaN
  /// among them.
  private static func values(_ dtype: DType, _ count: Int, special: Bool) -> [Scalar] {
    if dtype == .bool { return (0..<count).map { .bool($0 * 7 % 5 > (count % 3)) } }
    var values = (0..<count).map { index in
      let exponent = [0, 1, -1, 0, 2, -2][index * (count | 1) % 6]
      let value =
        dtype.isFloating
        ? Double(sign: .plus, exponent: exponent, significand: 1)
        : Double(index * 31 % 23)
      return Scalar.float(index % 5 == 3 ? -value : value, .float64).cast(to: dtype)
    }
    if special {
      values[count / 3] = Scalar.float(.infinity, .float64).cast(to: dtype)
      values[count / 2] = Scalar.float(.nan, .float64).cast(to: dtype)
      values[count - 1] = Scalar.float(-.infinity, .float64).cast(to: dtype)
    }
    return values
  }
}

extension Composite {
  /// A composite that yields its inputs.
  static func identity(of dtypes: [DType]) -> Composite {
    var composite = Composite(inputs: dtypes)
    composite.results = dtypes.indices.map { .input($0) }
    return composite
  }
}
