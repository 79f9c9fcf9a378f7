import Arrays
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("LiftViews")
struct LiftViewsTests {
  let m = Tensor.matrix("m"), n = Tensor.matrix("n")
  let pass = LiftViews()

  @Test("moves a transpose between elementwise operations to their operands")
  func transpose() throws {
    let output = exp((m * 2 + n).transpose()) - n
    #expect(
      try text(output, after: pass) == """
        graph (m: f64[?,?], n: f64[?,?]) -> f64[?,?] {
          %1 = transpose(m, axes: [1, 0]) : f64[?,?]
          %2 = mul(%1, 2)                 : f64[?,?]
          %3 = transpose(n, axes: [1, 0]) : f64[?,?]
          %4 = add(%2, %3)                : f64[?,?]
          %5 = exp(%4)                    : f64[?,?]
          %6 = sub(%5, n)                 : f64[?,?]
          return %6
        }
        """)
    try expectSame(output, after: pass, feeding: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
  }

  @Test("leaves a view on a result, which costs nothing")
  func result() throws {
    let text = try text((m + n).transpose(), matmul((m * n).transpose(), n), after: pass)
    #expect(
      text == """
        graph (m: f64[?,?], n: f64[?,?]) -> f64[?,?], f64[?,?] {
          %1 = add(m, n)                   : f64[?,?]
          %2 = transpose(%1, axes: [1, 0]) : f64[?,?]
          %3 = mul(m, n)                   : f64[?,?]
          %4 = transpose(%3, axes: [1, 0]) : f64[?,?]
          %5 = matmul(%4, n)               : f64[?,?]
          return %2, %5
        }
        """)
  }

  @Test("leaves what ends a reduction, which its kernel computes")
  func reduction() throws {
    let norm = sqrt(square(m).sum(axes: [1], keepDims: true)) + 1
    for output in [exp(norm.squeeze([1])), exp((m / norm).transpose())] {
      #expect(try text(output, after: pass) == text(output))
    }
  }

  @Test("leaves an operation whose value is used elsewhere too")
  func shared() throws {
    let sum = m + n
    let graph = try rewritten([exp(sum.transpose()), sum], [pass])
    #expect(graph.equations.count == 5)
  }

  @Test("cancels transposes that meet")
  func cancel() throws {
    let output = exp(exp(m.transpose()).transpose())
    #expect(
      try text(output, after: pass) == """
        graph (m: f64[?,?]) -> f64[?,?] {
          %1 = exp(m)  : f64[?,?]
          %2 = exp(%1) : f64[?,?]
          return %2
        }
        """)
  }

  @Test("slices operands rather than the result, and not where they have length 1")
  func slice() throws {
    let x = Tensor("x", .float64, shape: [4, 3]), row = Tensor("row", .float64, shape: [1, 3])
    #expect(
      try text((x + row)[1..<3, 0..<2], after: pass) == """
        graph (x: f64[4,3], row: f64[1,3]) -> f64[2,2] {
          %1 = slice(x, [1:3, 0:2]) : f64[2,2]
          %2 = slice(row, [:, 0:2]) : f64[1,2]
          %3 = add(%1, %2)          : f64[2,2]
          return %3
        }
        """)
  }

  @Test("leaves slices and reshapes of operands that may broadcast")
  func mayBroadcast() throws {
    for output in [(m + n)[1..<3], exp((m + n).reshape([-1]))] {
      #expect(try text(output, after: pass) == text(output))
    }
  }

  @Test("reshapes operands of one shape; scalars stay")
  func reshape() throws {
    let output = exp((exp(m) * 2).reshape([-1]))
    #expect(
      try text(output, after: pass) == """
        graph (m: f64[?,?]) -> f64[?] {
          %1 = reshape(m, shape: [-1]) : f64[?]
          %2 = exp(%1)                 : f64[?]
          %3 = mul(%2, 2)              : f64[?]
          %4 = exp(%3)                 : f64[?]
          return %4
        }
        """)
  }

  @Test("repeats cheap operations under a broadcast, not expensive ones")
  func broadcast() throws {
    let x = Tensor("x", .float64, shape: [3])
    let cheap = try text(exp((x + 1).broadcast(to: [4, 3])), after: pass)
    let costly = try text(square(exp(x).broadcast(to: [4, 3])), after: pass)
    #expect(cheap.contains("%1 = broadcast(x"))
    #expect(costly.contains("%1 = exp(x)"))
  }

  @Test("uses what is broadcast where another operand has the shape anyway")
  func needless() throws {
    let x = Tensor("x", .float64, shape: [3]), y = Tensor("y", .float64, shape: [4, 3])
    #expect(
      try text(y + x.broadcast(to: [4, 3]), after: pass) == """
        graph (y: f64[4,3], x: f64[3]) -> f64[4,3] {
          %1 = add(y, x) : f64[4,3]
          return %1
        }
        """)
  }

  @Test("does not slice an operand where only another one is broadcast to the length")
  func sliceOfBroadcast() throws {
    let one = Tensor("one", .float64, shape: [1]), row = Tensor("row", .float64, shape: [1, "n"])
    let column = Tensor("column", .float64, shape: ["n", 1])
    let wide = (one / column + row).broadcast(to: [2, 2, 1, 2])
    try expectSame(
      exp(wide[1..<2, 1, .all, -2]) + row.sum(), after: pass,
      feeding: [[4.0], [[3.0]], [[8.0]]])
  }

  @Test("gives the same values for chains of views over operands of every rank")
  func agreement() throws {
    let x = Tensor.matrix("x"), row = Tensor.vector("row"), s = Tensor.scalar("s")
    let feed: [NDArray] = [[[1, 2, 3], [4, 5, 6]], [10, 20, 30], NDArray(0.5)]
    let base = x * row + s
    let outputs = [
      exp(base.transpose()), exp(base.expandDims(1).transpose([2, 0, 1])),
      exp((base.expandDims(0) * 2).squeeze([0]).transpose()),
      square((base.transpose() * 3).expandDims(2).transpose([1, 2, 0])),
      exp(sqrt(abs(base))[0..<1].transpose()).sum(axes: [0]), exp((s * 2).expandDims(0) + row),
      exp(base.expandDims(0).broadcast(to: [2, -1, -1])), exp((row * s).broadcast(to: [2, 3])),
      exp((x * 2).reshape([3, 2]).transpose()), (-(-x)[1]) * 2, (row + s)[.stride(by: -1)] - row,
    ]
    for output in outputs {
      try expectSame(0 * (x.sum() + row.sum() + s) + output, after: pass, feeding: feed)
    }
  }
}
