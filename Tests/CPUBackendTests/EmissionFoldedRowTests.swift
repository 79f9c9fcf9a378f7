import Arrays
import KernelIR
import Scalars
import Testing

@testable import CPUBackend

@Suite("Short rows of maps, walked as long ones")
struct EmissionFoldedRowTests {
  /// How the operands of `r = x * y + z * s` lie.
  private enum Operand: CaseIterable {
    case row, element, whole, scalar

    func strides(_ columns: Int) -> [Int] {
      switch self {
      case .row: [0, 1]
      case .element: [1, 0]
      case .whole: [columns, 1]
      case .scalar: [0, 0]
      }
    }
  }

  @Test("Elements get the operands of their row and column", arguments: DType.allCases)
  func elements(dtype: DType) throws {
    for columns in [2, 3, 16, 32] {
      for rows in [1, 2, 65, Folding.length / columns + 5] {
        let test = Self.test(dtype, [rows, columns], .row, .element)
        let isWide = columns > Folding.lanes(of: dtype)
        let rowsOnly = Self.test(dtype, [rows, columns], .row, .whole)
        for test in isWide ? [rowsOnly] : [test, rowsOnly] {
          #expect(test.kernel.folding != nil || rows == 1)
          try test.check("\(dtype)[\(rows),\(columns)]", cuts: [1, 64])
        }
      }
    }
  }

  @Test("Any two operands, in and past the caches")
  func operands() throws {
    for first in Operand.allCases {
      for second in Operand.allCases {
        for pastCaches in [false, true] {
          var test = Self.test(.float32, [700, 3], first, second)
          test.kernel.storesPastCaches = pastCaches
          test.kernel.readsAhead = pastCaches
          try test.check("\(first), \(second)", cuts: [64, 680])
        }
      }
    }
  }

  @Test("Rows along two axes")
  func axes() throws {
    for extents in [[2, 70, 3], [3, 1, 5], [5, 33, 2], [0, 40, 3], [4, 0, 3]] {
      var test = Self.test(.float64, extents, .row, .element)
      // A row, and elements, for each index of the first axis.
      test.layout.strides[0] = [extents[2] + 1, 0, 1]
      test.layout.strides[1] = [extents[1] + 2, 1, 0]
      let (kernel, layout) = test.kernel.specialized(for: test.layout)
      test.kernel.folding = kernel.folding(of: layout)
      try test.check("\(extents)", cuts: [1, 50])
    }
  }

  @Test("Long rows, rows with gaps, other steps and results that wait are not folded")
  func unsuited() {
    func folding(
      _ extents: [Int] = [40, 3], _ operand: Operand = .row,
      _ change: (inout Kernel, inout Layout) -> Void = { _, _ in }
    ) -> Folding? {
      let test = Self.test(.float32, extents, operand, .whole)
      var (kernel, layout) = test.kernel.specialized(for: test.layout)
      change(&kernel, &layout)
      return kernel.folding(of: layout)
    }
    #expect(folding()?.waiting == [0])
    #expect(folding([40, 4], .element)?.waiting == [0])
    #expect(folding([40, 5], .element) == nil)
    #expect(folding([40, 32])?.waiting == [0])
    #expect(folding([40, 33]) == nil)
    #expect(folding { $1.strides[1][0] = 4 } == nil)
    #expect(folding { kernel, _ in kernel.accesses[1].steps[1] = .strided } == nil)
    #expect(folding { kernel, _ in kernel.accesses[4].steps[0] = .broadcast } == nil)
    #expect(folding { kernel, _ in kernel.outerCount = 1 } == nil)
    // What lies as one run needs no folding, and has one axis.
    #expect(folding([40, 3], .whole) == nil)
    let many = Self.test(.float32, [40, 3], .row, .whole)
    var (kernel, layout) = many.kernel.specialized(for: many.layout)
    for _ in 0..<8 {
      kernel.accesses.append(kernel.accesses[0])
      layout.strides.append(layout.strides[0])
    }
    #expect(kernel.folding(of: layout) == nil)
  }

  /// `r = x * y + z * s` of `x` and `y` as said, `z` as the result, and a scalar `s`.
  private static func test(
    _ dtype: DType, _ extents: [Int], _ first: Operand, _ second: Operand
  ) -> KernelCase {
    let isBool = dtype == .bool
    var formula = Composite(inputs: [dtype, dtype, dtype, dtype])
    let product = formula.append(isBool ? .and : .mul, [.input(0), .input(1)], dtype)
    let other = formula.append(isBool ? .and : .mul, [.input(2), .input(3)], dtype)
    formula.results = [formula.append(isBool ? .xor : .add, [product, other], dtype)]
    let columns = extents[extents.count - 1], count = extents.reduce(1, *)
    let own = Shape.contiguousStrides(extents)
    let outer = [Int](repeating: 0, count: extents.count - 2)
    let strides = [outer + first.strides(columns), outer + second.strides(columns)]
    let all = [strides[0], strides[1], own, own.map { _ in 0 }, own]
    let steps = [Access.Step](repeating: .strided, count: extents.count)
    let kernel = Kernel(
      axes: extents.indices.map { Axis("i\($0)", extent: "n\($0)") }, outerCount: extents.count,
      arguments: ["x", "y", "z", "s"].map { Argument($0, dtype, isOutput: false) }
        + [Argument("r", dtype, isOutput: true)],
      accesses: all.indices.map { Access(argument: $0, steps: steps) }, scalars: [],
      stages: [
        Stage(
          loops: false, sources: (0..<4).map { .load(access: $0) }, composite: formula,
          stores: [Store(access: 4, result: 0)], accumulators: [])
      ])
    let length = 2 * count + extents.reduce(0, +) * 4
    var test = KernelCase(
      kernel: kernel, layout: Layout(extents: extents, strides: all),
      arrays: all.indices.map { number in
        (0..<length).map { Scalar(Int64($0 * (7 + 6 * number) % 101 % 11)).cast(to: dtype) }
      }, offsets: [Int](repeating: 0, count: all.count))
    let (specialized, layout) = test.kernel.specialized(for: test.layout)
    test.kernel.folding = specialized.folding(of: layout)
    return test
  }
}
