import Arrays
import Martlet
import TestSupport
import Testing

/// Reductions of operands of which one lies across.
@Suite("Operands of reductions that lie across")
struct StraighteningTests {
  private static let function = Executor("function") { inputs, outputs, arrays in
    try Function(inputs, outputs).call(with: arrays)
  }

  @Test(
    "agree with the reference back end",
    arguments: [[150, 130], [16, 1100], [1100, 17], [40, 40]])
  func values(shape: [Int]) throws {
    for dtype in [DType.float32, .float64, .int32, .uint8] {
      let x = Tensor.matrix("x", dtype), y = Tensor.matrix("y", dtype)
      let range = dtype == .uint8 ? 0.0...9 : -9...9
      let arrays = [shape, shape.reversed()].enumerated().map {
        NDArray.uniform(range, dtype, shape: $1, seed: UInt64(20 + $0))
      }
      let across = y.transpose()
      let outputs = [
        (x * across).sum(), (x * across).sum(axes: [0]), (x - across).max(axes: [1]),
        (x .> across).any(axes: [0]), (x + across).argmax(axes: [1]), across.argmin(),
        (x * across + across).min(), (across * across).sum(axes: [1]),
      ]
      for output in outputs { try compare([x, y], [output], arrays, by: [Self.function]) }
      try compare([x, y], outputs, arrays, by: [Self.function])
      if dtype.isFloating {
        let rows = [softmax(across, axis: 1), softmax(across, axis: 0), softmax(x + across)]
        try compare([x, y], rows, arrays, by: [Self.function])
      }
    }
  }

  @Test(
    "agree along three axes",
    arguments: [[0, 2, 1], [2, 0, 1], [1, 2, 0], [2, 1, 0], [1, 0, 2]])
  func threeAxes(order: [Int]) throws {
    let lengths = [20, 35, 48]
    var shape = [0, 0, 0]
    for (axis, source) in order.enumerated() { shape[source] = lengths[axis] }
    let x = Tensor("x", .float32, shape: [.unknown, .unknown, .unknown])
    let y = Tensor("y", .float32, shape: [.unknown, .unknown, .unknown])
    let arrays = [
      NDArray.uniform(-1...1, .float32, shape: shape, seed: 31),
      NDArray.uniform(-1...1, .float32, shape: lengths, seed: 32),
    ]
    let across = x.transpose(order)
    for axes in [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]] {
      try compare(
        [x, y],
        [(across * y).sum(axes: axes), exp(across).sum(axes: axes), (across + y).max(axes: axes)],
        arrays, by: [Self.function])
    }
    try compare([x, y], [across.argmax(), (across - y).argmin()], arrays, by: [Self.function])
  }

  @Test("are copied where they are long and large, and others lie along")
  func copies() throws {
    let x = Tensor.matrix("x", .float32), y = Tensor.matrix("y", .float32)
    func copied(_ result: Tensor, _ shape: [Int], _ other: [Int]? = nil) throws -> [[Int]] {
      let shapes = [shape, other ?? shape.reversed()]
      return try Function([x, y], result + 0 * (x[0, 0] + y[0, 0])).memoryPlan(for: shapes).arrays
        .filter { $0.name == "copy" }.map(\.array.shape)
    }
    let product = (x * y.transpose()).sum()
    #expect(try copied(product, [200, 300]) == [[200, 300]])
    #expect(try copied(product, [16, 1024]) == [[16, 1024]])
    #expect(try copied(product, [15, 2000]) == [])
    #expect(try copied(product, [2000, 15]) == [])
    #expect(try copied(product, [100, 163]) == [])
    // A part of an operand is copied alone.
    #expect(
      try copied((x * y.transpose()[0..., 0..<200]).sum(axes: [1]), [300, 200], [250, 300])
        == [[300, 200]])
    // In another order all of them lie along.
    #expect(try copied(exp(y.transpose()).sum(), [200, 300]) == [])
    // The first of equal elements is the first of the transpose.
    #expect(try copied(y.transpose().argmax(), [200, 300]) == [[200, 300]])
    // Neither axis has neighbours.
    let sparse = y.transpose()[.stride(by: 2), .stride(by: 2)]
    #expect(try copied((x * sparse).sum(), [100, 150], [300, 200]) == [])
  }

  @Test("give the same bits on any number of threads")
  func threads() throws {
    let x = Tensor.matrix("x", .float32), y = Tensor.matrix("y", .float32)
    let arrays = [[700, 300], [300, 700]].enumerated().map {
      NDArray.uniform(-1...1, .float32, shape: $1, seed: UInt64(40 + $0))
    }
    let across = y.transpose()
    let outputs = [
      (x * across).sum(), (x * across).sum(axes: [0]), (x * across).sum(axes: [1]),
      exp(across).sum(), softmax(across, axis: 0),
    ]
    let one = try Session(threads: 1).function([x, y], outputs).call(with: arrays)
    for threads in [2, 3, 7] {
      let others = try Session(threads: threads).function([x, y], outputs).call(with: arrays)
      for (other, result) in zip(others, one) { #expect(other == result, "\(threads)") }
    }
  }
}
