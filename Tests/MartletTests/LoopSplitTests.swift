import Arrays
import Martlet
import TestSupport
import Testing

/// Programs of few long rows, whose loops are launched one after the other.
@Suite("Loops of few long rows")
struct LoopSplitTests {
  private static let function = Executor("function") { inputs, outputs, arrays in
    try Function(inputs, outputs).call(with: arrays)
  }

  private static let x = Tensor.matrix("x", .float32), w = Tensor.vector("w", .float32)

  /// Programs of two and three loops, some with more that comes once for a row.
  private static var programs: [Tensor] {
    let mean = x.mean(axes: [1], keepDims: true)
    return [
      softmax(x, axis: 1), logSoftmax(x, axis: 1), x - mean, x.variance(axes: [1]) + mean[0..., 0],
      (x - mean) / sqrt(x.variance(axes: [1], keepDims: true) + 1) * w,
      x.logSumExp(axes: [1]), `where`(x .> mean, x, 0).argmax(axes: [1]),
      (x .> x.max(axes: [1], keepDims: true) - 0.5).sum(axes: [1]),
    ]
  }

  @Test("give what the reference back end does", arguments: [[1, 262_144], [2, 262_147]])
  func values(shape: [Int]) throws {
    let arrays = [
      NDArray.uniform(-3...3, .float32, shape: shape, seed: 51),
      NDArray.uniform(0.5...1, .float32, shape: [shape[1]], seed: 52),
    ]
    try compare([Self.x, Self.w], Self.programs, arrays, by: [Self.function])
  }

  @Test("are launched apart where rows are few and long, and columns never")
  func lengths() throws {
    func partCount(_ output: Tensor, _ shape: [Int]) throws -> Int {
      try Function([Self.x], output).memoryPlan(for: [shape]).arrays
        .count { $0.name == "partial results" }
    }
    let rows = softmax(Self.x, axis: 1), columns = softmax(Self.x, axis: 0)
    for shape in [[1, 1 << 18], [8, 1 << 18]] { #expect(try partCount(rows, shape) > 0) }
    for shape in [[9, 1 << 18], [1, 1 << 18 - 1], [100, 100]] {
      #expect(try partCount(rows, shape) == 0, "\(shape)")
    }
    #expect(try partCount(columns, [1 << 18, 8]) == 0)
  }

  @Test("give the same bits on any number of threads")
  func threads() throws {
    let arrays = [
      NDArray.uniform(-3...3, .float32, shape: [2, 300_000], seed: 53),
      NDArray.uniform(0.5...1, .float32, shape: [300_000], seed: 54),
    ]
    let inputs = [Self.x, Self.w]
    let one = try Session(threads: 1).function(inputs, Self.programs).call(with: arrays)
    for threads in [2, 7] {
      let others = try Session(threads: threads).function(inputs, Self.programs)
        .call(with: arrays)
      for (other, result) in zip(others, one) { #expect(other == result, "\(threads)") }
    }
  }
}
