import Arrays
import KernelIR
import Scalars
import Testing

@testable import CPUBackend

@Suite("Short rows, a row to a lane")
struct EmissionShortRowTests {
  @Test(
    "Rows come out as if each were alone", arguments: RowProgram.allCases,
    [DType.float32, .float64])
  func rows(program: RowProgram, dtype: DType) throws {
    for rows in [1, 2, 15, 16, 33, 70] {
      for (count, padding) in [(0, 0), (1, 0), (3, 2), (16, 0), (17, 3), (48, 1)] {
        try Self.check(program.test(dtype, [rows, count], padding: padding), "\(rows) of \(count)")
      }
    }
  }

  @Test("Rows along two axes do", arguments: RowProgram.allCases)
  func axes(program: RowProgram) throws {
    for extents in [[2, 3, 10], [3, 33, 9], [2, 32, 16], [2, 40, 0]] {
      try Self.check(program.test(.float32, extents, padding: 3), "\(extents)")
    }
  }

  @Test("Operands may be the same for all rows or all columns, and results of any dtype")
  func operands() throws {
    for (rows, count) in [(1, 1), (32, 10), (50, 20), (33, 48)] {
      for dtype in [DType.float32, .float64, .int64, .uint8] {
        try Self.check(Self.mixed(rows, count, dtype), "\(rows) of \(count), \(dtype)")
      }
    }
  }

  @Test("Rows that are long, many bytes wide, or share what they write are not turned")
  func unsuited() {
    func mayTurn(_ change: (inout Kernel, inout Layout) -> Void) -> Bool {
      let test = Self.mixed(32, 10, .float32)
      var (kernel, layout) = test.kernel.specialized(for: test.layout)
      change(&kernel, &layout)
      return kernel.mayTransposeRows(of: layout)
    }
    #expect(mayTurn { _, _ in })
    #expect(mayTurn { $1.extents[1] = 48 })
    #expect(!mayTurn { $1.extents[1] = 49 })
    #expect(!mayTurn { kernel, _ in kernel.accesses[0].steps = [.strided, .strided] })
    #expect(!mayTurn { kernel, _ in kernel.accesses[0].steps = [.contiguous, .contiguous] })
    #expect(!mayTurn { kernel, _ in kernel.accesses[5].steps[0] = .broadcast })
    #expect(!mayTurn { kernel, _ in kernel.accesses[0].argument = 4 })
    #expect(!mayTurn { kernel, _ in kernel.outerCount = 0 })
    #expect(
      !mayTurn { kernel, _ in
        for number in 0..<4 { kernel.arguments[number].dtype = .float64 }
        for number in 0..<4 { kernel.accesses[number].steps = [.strided, .contiguous] }
      })
  }

  private static func check(_ test: KernelCase, _ label: String) throws {
    var test = test
    let (kernel, layout) = test.kernel.specialized(for: test.layout)
    let mayTurn = kernel.mayTransposeRows(of: layout)
    // Elements of one row, or as far apart as rows are, may move along an axis only.
    #expect(mayTurn || test.layout.extents[0] == 1 || test.layout.strides[0][0] < 2, "\(label)")
    test.kernel.transposesRows = mayTurn
    try test.check(label, cuts: [1, 2, 5, 40])
  }

  /// For each row of `x` less an element of `r`, times the row `w`: that, where it is greatest, whether it is
  /// above `s` anywhere, and its sum plus `s`.
  private static func mixed(_ rows: Int, _ count: Int, _ dtype: DType) -> KernelCase {
    var terms = Composite(inputs: [dtype, dtype, dtype, dtype])
    let difference = terms.append(.sub, [.input(0), .input(1)], dtype)
    let product = terms.append(.mul, [difference, .input(2)], dtype)
    terms.results = [product, terms.append(.gt, [product, .input(3)], .bool)]
    var total = Composite(inputs: [.int64, .bool, dtype, dtype])
    total.results = [.input(0), .input(1), total.append(.add, [.input(2), .input(3)], dtype)]
    let arguments: [(String, DType, isOutput: Bool)] = [
      ("x", dtype, false), ("r", dtype, false), ("w", dtype, false), ("s", dtype, false),
      ("y", dtype, true), ("at", .int64, true), ("any", .bool, true), ("sum", dtype, true),
    ]
    let strides = [
      [count + 1, 1], [2, 0], [0, 1], [0, 0], [count + 2, 1], [1, 0], [1, 0], [3, 0],
    ]
    let kernel = Kernel(
      axes: [Axis("i", extent: "m"), Axis("j", extent: "n")], outerCount: 1,
      arguments: arguments.map { Argument($0.0, $0.1, isOutput: $0.isOutput) },
      accesses: strides.indices.map { number in
        Access(argument: number, steps: strides[number].map { $0 == 0 ? .broadcast : .strided })
      },
      scalars: [],
      stages: [
        Stage(
          loops: true, sources: (0..<4).map { .load(access: $0) }, composite: terms,
          stores: [Store(access: 4, result: 0)],
          accumulators: [
            Accumulator(.argmax, dtype, result: 0), Accumulator(.any, .bool, result: 1),
            Accumulator(.sum, dtype, result: 0),
          ]),
        Stage(
          loops: false,
          sources: [.accumulator(0), .accumulator(1), .accumulator(2), .load(access: 3)],
          composite: total, stores: (0..<3).map { Store(access: 5 + $0, result: $0) },
          accumulators: []),
      ])
    return KernelCase(
      kernel: kernel, layout: Layout(extents: [rows, count], strides: strides),
      arrays: arguments.enumerated().map { number, argument in
        let length = strides[number][0] * rows + count + 1
        return (0..<length).map {
          argument.isOutput
            ? .zero(argument.1)
            : Scalar(Double(($0 * (37 + number) + number) % 13)).cast(to: argument.1)
        }
      }, offsets: strides.map { _ in 0 })
  }
}
