import Arrays
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("Lifting concatenations")
struct LiftConcatenationsTests {
  private let pass = LiftConcatenations()

  @Test("computes the parts where they end up")
  func lifts() throws {
    let x = Tensor("x", .float64, shape: [3]), y = Tensor("y", .float64, shape: [4])
    #expect(
      try text(exp(concatenate([x, y]) * 2), after: pass) == """
        graph (x: f64[3], y: f64[4]) -> f64[7] {
          %1 = mul(x, 2)                    : f64[3]
          %2 = mul(y, 2)                    : f64[4]
          %3 = exp(%1)                      : f64[3]
          %4 = exp(%2)                      : f64[4]
          %5 = concatenate(%3, %4, axis: 0) : f64[7]
          return %5
        }
        """)
  }

  @Test("lifts over what is repeated along the axis, not over what is not")
  func operands() throws {
    let a = Tensor("a", .float64, shape: [2, 3]), b = Tensor("b", .float64, shape: [2, 4])
    let column = Tensor("column", .float64, shape: [2, 1])
    let row = Tensor("row", .float64, shape: [7])
    let wide = Tensor("wide", .float64, shape: [5, 1, 1])
    let joined = concatenate([a, b], axis: 1)
    #expect(try text(joined * column, after: pass).contains("concatenate(%1, %2, axis: 1)"))
    #expect(try text(joined * (row * 2), after: pass).contains("concatenate(a, b, axis: 1)"))
    #expect(try text(joined * wide, after: pass).contains("concatenate(a, b, axis: 1)"))
    #expect(try text(joined * joined.sum(), after: pass).contains("concatenate(a, b, axis: 1)"))
  }

  @Test("slices what varies along the axis where the parts meet")
  func slices() throws {
    let a = Tensor("a", .float64, shape: [2, 3]), b = Tensor("b", .float64, shape: [2, 4])
    let row = Tensor("row", .float64, shape: [7]), c = Tensor("c", .float64, shape: [2, 3])
    #expect(
      try text(concatenate([a, b], axis: 1) * row, after: pass) == """
        graph (a: f64[2,3], b: f64[2,4], row: f64[7]) -> f64[2,7] {
          %1 = slice(row, [0:3])            : f64[3]
          %2 = slice(row, [3:7])            : f64[4]
          %3 = mul(a, %1)                   : f64[2,3]
          %4 = mul(b, %2)                   : f64[2,4]
          %5 = concatenate(%3, %4, axis: 1) : f64[2,7]
          return %5
        }
        """)
    let pairs = concatenate([a, b], axis: 1) * concatenate([c, b], axis: 1)
    let lifted = try text(pairs, after: pass)
    #expect(lifted.contains("mul(a, c)") && lifted.contains("mul(b, b)"))
    #expect(!lifted.contains("slice") && lifted.components(of: "concatenate(") == 1)
    // Of what waits for the call nobody knows where it is to be cut.
    let x = Tensor.vector("x"), y = Tensor.vector("y"), z = Tensor.vector("z")
    #expect(try text(concatenate([x, y]) + z, after: pass).contains("concatenate(x, y, axis: 0)"))
    try expectSame(
      concatenate([a, b], axis: 1) / row, pairs - 1, after: pass,
      feeding: [
        [[1, 2, 3], [4, 5, 6]], [[7, 8, 9, 0], [1, 2, 3, 4]],
        NDArray([1, 0, 2, 3, 4, .nan, 0] as [Double]),
        [[1, 0, 3], [4, 0, 6]],
      ])
  }

  private let reductions: [(Tensor) -> Tensor] = [
    { $0.max(axes: [0]) }, { $0.min() }, { $0.sum(axes: [1]) },
    { $0.mean(axes: [1], keepDims: true) },
    { $0.argmax(axes: [1]) }, { $0.any() }, { $0.all(axes: [0], keepDims: true) },
    { $0.cast(to: .int32).sum() }, { $0.cast(to: .uint8).prod(axes: [0]) }, { ($0 * 2).max() },
    { ($0 .> 2).sum(axes: [0]) }, { $0.cast(to: .bool).min(axes: [1]) },
  ]

  @Test("reduces the parts where that is exact")
  func reducesParts() throws {
    let a = Tensor("a", .float64, shape: [2, 3]), b = Tensor("b", .float64, shape: [4, 3])
    let joined = concatenate([a, b])
    #expect(
      try text(joined.max(axes: [0]), after: pass) == """
        graph (a: f64[2,3], b: f64[4,3]) -> f64[3] {
          %1 = max(a, axes: [0]) : f64[3]
          %2 = max(b, axes: [0]) : f64[3]
          %3 = maximum(%1, %2)   : f64[3]
          return %3
        }
        """)
    #expect(
      try text(joined.sum(axes: [1]) * 2, after: pass) == """
        graph (a: f64[2,3], b: f64[4,3]) -> f64[6] {
          %1 = sum(a, axes: [1])            : f64[2]
          %2 = sum(b, axes: [1])            : f64[4]
          %3 = mul(%1, 2)                   : f64[2]
          %4 = mul(%2, 2)                   : f64[4]
          %5 = concatenate(%3, %4, axis: 0) : f64[6]
          return %5
        }
        """)
    // Rounding would hang on how the array was put together, and of a part without elements nothing is greatest.
    #expect(try text(joined.sum(), after: pass).contains("concatenate"))
    let x = Tensor.matrix("x"), y = Tensor.matrix("y")
    #expect(try text(concatenate([x, y]).max(), after: pass).contains("concatenate"))
    #expect(try text(concatenate([a, a[0..<0]]).max(), after: pass).contains("concatenate"))
    for values in [[1.0, 2, 0, -4, 5, 6], [.nan, 1, .infinity, -.infinity, 0, 3]] {
      let arrays = [
        try NDArray(values).reshaped([2, 3]), try NDArray(values + values).reshaped([4, 3]),
      ]
      for reduce in reductions {
        try expectSame(reduce(concatenate([a, b])), after: pass, feeding: arrays)
      }
      try expectSame(
        concatenate([x, y]).max(), after: pass, feeding: [arrays[0], try arrays[1][0..<0]])
    }
  }

  @Test("takes a slice that lies in one part from that")
  func slicesOfParts() throws {
    let a = Tensor("a", .float64, shape: [5]), b = Tensor("b", .float64, shape: [4])
    let joined = concatenate([a, b])
    let inside = [joined[6], joined[1..<4], joined[.stride(from: 8, to: 5, by: -2)], joined[-9]]
    for slice in inside {
      let lifted = try rewritten([slice], [pass]).description
      #expect(!lifted.contains("concatenate"))
      try expectSame(
        square(slice), after: pass, feeding: [[0.0, 1, 2, 3, 4], [5.0, 6, 7, 8]])
    }
    let several = try rewritten([inside[0], inside[1]], [pass]).description
    #expect(!several.contains("concatenate"))
    for whole in [[joined[3..<7]], [joined[1], joined.sum()], [joined[2..<2]]] {
      #expect(try rewritten(whole, [pass]).description.contains("concatenate"))
    }
  }

  @Test("gives the same values")
  func agreement() throws {
    let a = Tensor.matrix("a"), b = Tensor.matrix("b"), s = Tensor.scalar("s")
    for axis in [0, 1] {
      try expectSame(
        square(concatenate([a, b, a], axis: axis) * s) + s, after: pass,
        feeding: [[[1, 2], [3, 4]], [[5, 6], [7, 8]], NDArray(0.5)])
    }
  }
}
