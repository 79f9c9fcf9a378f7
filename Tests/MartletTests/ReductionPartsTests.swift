import Arrays
import Martlet
import TestSupport
import Testing

/// Reductions to few values, which are cut into parts.
@Suite("Reductions in parts")
struct ReductionPartsTests {
  private static let function = Executor("function") { inputs, outputs, arrays in
    try Function(inputs, outputs).call(with: arrays)
  }

  /// Few columns of many rows; left over are none, one and many.
  static let shapes = [[2000, 3], [1025, 16], [800, 130], [3001, 7], [100, 999]]

  @Test("of columns agree with the reference back end", arguments: shapes)
  func columns(shape: [Int]) throws {
    for dtype in [DType.float32, .float64, .int32, .uint8] {
      let x = Tensor.matrix("x", dtype)
      let range = dtype == .uint8 ? 0.0...200 : -100...100
      let array = NDArray.uniform(range, dtype, shape: shape, seed: 7)
      let outputs = [
        x.sum(axes: [0]), x.max(axes: [0]), x.min(axes: [0]), x.mean(axes: [0], keepDims: true),
        (x .> 50).any(axes: [0]), (x .< 200).all(axes: [0]), (x * x - 3).sum(axes: [0]) * 2 + 1,
        x.argmax(axes: [0]),
      ]
      if dtype == .float32, shape[1] < 100 {
        for output in outputs { try compare([x], [output], [array], by: [Self.function]) }
      }
      try compare([x], outputs, [array], by: [Self.function])
    }
  }

  @Test(
    "of several kinds do not mix where single columns are left over",
    arguments: [[16, 130], [9, 33], [20, 7], [40, 65]])
  func leftOver(shape: [Int]) throws {
    let x = Tensor.matrix("x", .float32)
    let array = NDArray.uniform(-1...1, .float32, shape: shape, seed: 6)
    try compare(
      [x], [x.max(axes: [0]), x.sum(axes: [0]), x.min(axes: [0]), (x .> 0).any(axes: [0])], [array],
      by: [Self.function])
  }

  @Test("of what is computed from several operands agree with it", arguments: shapes)
  func operands(shape: [Int]) throws {
    let x = Tensor.matrix("x", .float32), w = Tensor.vector("w", .float32)
    let c = Tensor("c", .float32, shape: [.unknown, 1])
    let array = NDArray.uniform(-1...1, .float32, shape: shape, seed: 8)
    let row = NDArray.uniform(0.5...1, .float32, shape: [shape[1]], seed: 9)
    let column = NDArray.uniform(0.5...1, .float32, shape: [shape[0], 1], seed: 10)
    try compare(
      [x, w, c],
      [
        (x * w).sum(axes: [0]), (x - w).max(axes: [0]) / w, x.variance(axes: [0]) + w,
        (x * c).sum(axes: [0]), exp(x * w).mean(axes: [0]), (1 + x / 1000).prod(axes: [0]),
      ], [array, row, column], by: [Self.function])
    // Rows with gaps between them, and columns from the last to the first.
    let gaps = try array[0..., 1...], turned = try array[0..., .stride(by: -1)]
    for view in [gaps, turned] {
      try compare([x], [x.sum(axes: [0]), x.variance(axes: [0])], [view], by: [Self.function])
    }
  }

  @Test("of stretches of rows are those of half as many columns", arguments: [965, 1440])
  func stretches(rows: Int) throws {
    let half = 1_025
    let x = Tensor.matrix("x", .float32), w = Tensor.vector("w", .float32)
    let f = try Function(
      [x, w],
      [(x * w).sum(axes: [0]) + w, (x * x).sum(axes: [0]), x.max(axes: [0]), x.min(axes: [0])])
    // Whole numbers, whose sums are exact in any order.
    let whole = { NDArray.uniform(-100...100, .int32, shape: $0, seed: $1).cast(to: .float32) }
    let (array, row) = (whole([rows, 2 * half], 13), whole([2 * half], 14))
    let partials = try #require(
      try f.memoryPlan(for: [array.shape, row.shape]).arrays.first { $0.name == "partial results" })
    #expect(partials.array.shape == [(rows + 479) / 480, 2 * half])
    let results = try f.call(with: [array, row])
    for columns in [0..<half, half..<2 * half] {
      let expected = try f.call(with: [array[0..., columns], row[columns]])
      for (result, expected) in zip(results, expected) { #expect(try result[columns] == expected) }
    }
  }

  @Test("of rows agree with it", arguments: [[3, 70_001], [5, 131_072], [2, 65_536]])
  func rows(shape: [Int]) throws {
    let x = Tensor.matrix("x", .float32)
    let array = NDArray.uniform(-1...1, .float32, shape: shape, seed: 11)
    try compare(
      [x], [x.sum(axes: [1]), x.max(axes: [1]) * 2, (x * x).mean(axes: [1])], [array],
      by: [Self.function])
  }

  @Test("find what is not a number wherever it is")
  func nan() throws {
    let x = Tensor.matrix("x")
    let f = try Function([x], [x.max(axes: [0]), x.sum(axes: [0])])
    for row in [0, 1, 1500, 2998, 2999] {
      var array = NDArray.zeros(shape: [3000, 3])
      try array.setElement(at: [row, 1], to: Double.nan)
      for result in try f(array) {
        let isNaN = try (0..<3).map { try result.element(at: [$0], as: Double.self).isNaN }
        #expect(isNaN == [false, true, false], "row \(row)")
      }
    }
  }

  @Test(
    "give the same bits on any number of threads",
    arguments: shapes + [[3, 200_000], [965, 4100]])
  func threads(shape: [Int]) throws {
    let x = Tensor.matrix("x", .float32)
    let array = NDArray.uniform(-1...1, .float32, shape: shape, seed: 12)
    let axis = shape[0] < shape[1] && shape[0] < 10 ? 1 : 0
    func results(threads: Int) throws -> [NDArray] {
      try Session(threads: threads)
        .function([x], [x.sum(axes: [axis]), x.variance(axes: [axis])]).call(with: [array])
    }
    let expected = try results(threads: 1)
    for threads in [2, 3, 7] { #expect(try results(threads: threads) == expected) }
  }

  @Test("count as one step of a call")
  func profile() throws {
    let x = Tensor.matrix("x", .float32)
    let f = try Function([x], x.sum(axes: [0]), profile: true)
    for _ in 0..<10 { _ = try f(NDArray.ones(.float32, shape: [10_001, 3])) }
    let steps = try #require(f.profile).report.functions[0].steps
    #expect(steps.map(\.calls) == [10])
    #expect(steps[0].results.map(\.shape) == [[3]])
    let plan = try f.memoryPlan(for: [[10_001, 3]])
    #expect(plan.arrays.contains { $0.name == "partial results" })
    #expect(plan.workspaceBytes > 0 && plan.workspaceBytes < 64 * 1024)
    #expect(plan.steps.allSatisfy { $0.heldBytes <= plan.peakBytes })
    // The row of weights is repeated first, which is a copy of its own.
    let w = Tensor.vector("w", .float32)
    let weighted = try Function([x, w], (x * w).sum(axes: [0]), profile: true)
    for _ in 0..<10 {
      _ = try weighted(
        NDArray.ones(.float32, shape: [10_001, 3]), NDArray.ones(.float32, shape: [3]))
    }
    let rows = try #require(weighted.profile).report.functions[0].steps
    #expect(rows.map(\.kind) == [.copy, .kernel] && rows.map(\.calls) == [10, 10])
    #expect(rows[1].results.map(\.shape) == [[3]])
  }
}
