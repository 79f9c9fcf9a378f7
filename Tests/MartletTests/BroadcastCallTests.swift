import Martlet
import ReferenceBackend
import SymbolicGraph
import TestSupport
import Testing

/// Functions are made for lengths that are equal where they meet; arrays that are repeated get the same
/// results from another plan.
@Suite("Calls that broadcast")
struct BroadcastCallTests {
  let x = Tensor.matrix("x"), y = Tensor.matrix("y")

  private var cosine: Tensor {
    let dots = (x * y).sum(axes: [1])
    return dots / (sqrt((x * x).sum(axes: [1])) * sqrt((y * y).sum(axes: [1])))
  }

  /// Whole numbers, whose sums are the same in every order.
  private func array(_ shape: [Int], _ seed: UInt64) -> NDArray {
    NDArray.uniform(1...9, .int64, shape: shape, seed: seed).cast(to: .float64)
  }

  /// The shapes of two matrices that broadcast, equal ones first.
  private static let shapes: [([Int], [Int])] = [
    ([5, 7], [5, 7]), ([1, 7], [5, 7]), ([5, 7], [1, 7]), ([5, 1], [5, 7]), ([5, 7], [5, 1]),
    ([5, 1], [1, 7]), ([1, 1], [5, 7]), ([1, 1], [1, 1]), ([1, 7], [1, 7]), ([0, 7], [1, 7]),
    ([5, 0], [5, 1]), ([300, 130], [1, 130]), ([300, 130], [300, 130]),
  ]

  @Test("the cosine of rows is one kernel")
  func oneKernel() throws {
    let f = try Function([x, y], cosine)
    #expect(f.kernelCount == 1)
    #expect(f.description.hasPrefix("plan (x: f64[?1,?2], y: f64[?1,?2]) -> f64[?1] {"))
  }

  @Test("calls of both kinds take turns", arguments: [1, 2])
  func turns(threads: Int) throws {
    let outputs = [cosine, x - y, (x + y).sum(axes: [0])]
    let f = try Session(threads: threads).function([x, y], outputs)
    let graph = try Graph(inputs: [x, y], outputs: outputs)
    for round in 0..<3 {
      for (number, (a, b)) in Self.shapes.enumerated() {
        let arrays = [array(a, UInt64(round)), array(b, UInt64(number + 10))]
        let expected = try ReferenceBackend.run(graph, arrays)
        for (result, wanted) in zip(try f.call(with: arrays), expected) {
          try expectClose(result, wanted, ulps: 2, "\(a) and \(b)")
        }
      }
    }
  }

  @Test("calls of both kinds run on many threads at once")
  func concurrent() async throws {
    let f = try Function([x, y], cosine)
    let graph = try Graph(inputs: [x, y], outputs: [cosine])
    try await withThrowingTaskGroup { group in
      for task in 0..<8 {
        group.addTask {
          for round in 0..<40 {
            let (a, b) = Self.shapes[(task * 5 + round) % Self.shapes.count]
            let arrays = [self.array(a, UInt64(task)), self.array(b, UInt64(round))]
            let wanted = try ReferenceBackend.run(graph, arrays)[0]
            try expectClose(f(arrays[0], arrays[1]), wanted, ulps: 2, "\(a) and \(b)")
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("a length that was assumed to be a number may be 1")
  func numbers() throws {
    let v = Tensor.vector("v"), c = Tensor.constant([1.0, 2, 3])
    let f = try Function([v], [v * c, v.dim(0) + 0 * v.sum()])
    #expect(try f([2, 3, 4]) == [[2.0, 6, 12], NDArray(3.0)])
    #expect(try f([2]) == [[2.0, 4, 6], NDArray(1.0)])
  }

  @Test("lengths that clash are told of as the expression was written")
  func errors() throws {
    let a = Tensor.vector("a"), b = Tensor.vector("b")
    let f = try Function([a, b], a + b)
    let message = """
      add: shapes [3] and [4] do not broadcast; axis 0 has lengths 3 and 4
      """
    for _ in 0..<2 {
      let error = #expect(throws: GraphError.self) { try f([1, 2, 3], [1, 2, 3, 4]) }
      #expect(error?.message == message)
      #expect(try f([1, 2, 3], [1]) == [2.0, 3, 4])
    }
  }
}
