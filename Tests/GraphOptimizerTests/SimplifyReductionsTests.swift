import Arrays
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("SimplifyReductions")
struct SimplifyReductionsTests {
  static let m = Tensor("m", .float32, shape: [.unknown, .unknown])
  static let n = Tensor("n", .int64, shape: [4, 3])

  /// What is written, and how the last line of the graph has it.
  // swift-format-ignore
  static let forms: [(written: Tensor, reduced: String)] = [
    (m.sum(axes: [1]).expandDims(1), "sum(m, axes: [1], keepDims: true, accumulator: f64)"),
    (m.max(axes: [1], keepDims: true).squeeze([1]), "max(m, axes: [1])"),
    (m.sum(axes: [1]).sum(), "sum(m, axes: [0, 1], accumulator: f64)"),
    (m.sum(axes: [0]).sum(), "sum(m, axes: [0, 1], accumulator: f64)"),
    (m.max(axes: [0], keepDims: true).max(axes: [1], keepDims: true), "max(m, axes: [0, 1], keepDims: true)"),
    (n.sum(axes: [0]).sum(), "sum(n, axes: [0, 1])"),
    (m.transpose().sum(axes: [0]), "sum(m, axes: [1], accumulator: f64)"),
    (m.transpose().argmax(axes: [1]), "argmax(m, axes: [0])"),
    (m.transpose().max(), "max(m, axes: [0, 1])"),
    (m.reshape([-1]).sum(), "sum(m, axes: [0, 1], accumulator: f64)"),
    (m.expandDims(0).argmin(), "argmin(m, axes: [0, 1])"),
    ((-m).sum(axes: [1]), "neg(%1)"), ((-m).max(), "neg(%1)"), ((-m).argmax(axes: [0]), "argmin(m, axes: [0])"),
    ((m .> 0).cast(to: .int32).sum(axes: [0]), "sum(%1, axes: [0])"),
    ((m .> 0).cast(to: .uint8).sum(axes: [1], keepDims: true), "sum(%1, axes: [1], keepDims: true)"),
    ((m .> 0).cast(to: .int32).sum(axes: [1]).sum(), "sum(%1, axes: [0, 1])"),
  ]

  @Test("makes one plain reduction", arguments: forms.indices)
  func form(_ number: Int) throws {
    let (written, reduced) = Self.forms[number]
    let text = try text(written, after: SimplifyReductions())
    let line = text.split(separator: "\n").last { $0.contains(" = ") } ?? ""
    #expect(line.contains(" = \(reduced) "), "\(text)")
    let rows: NDArray = [[1, -2, 3], [4, 5, -6], [7, 7, 0.5], [-1, 0, 2]]
    try expectSame(written, after: SimplifyReductions(), feeding: [rows])
  }

  @Test("leaves what rounds, wraps or counts otherwise, or is used elsewhere too")
  func others() throws {
    let (m, n) = (Self.m, Self.n), i = Tensor("i", .int8, shape: [4, 3])
    let rows = m.sum(axes: [1])
    let kept = [
      n.sum(axes: [0], dtype: .int32).sum(), m.sum(axes: [0], accumulator: .float32).sum(),
      (-i).sum(), (-i).max(), m.transpose().argmax(), m.sum(axes: [1]).max(),
      m.expandDims(0).transpose().sum(axes: [1]), m.transpose().sum(axes: [0], keepDims: true),
      (m .> 0).cast(to: .float32).sum(), (m .> 0).cast(to: .int32).max(),
      m.cast(to: .int32).sum(),
      m.sum(axes: [1], dtype: .int64, accumulator: .float64).sum(
        dtype: .int64, accumulator: .float64),
    ]
    for output in kept {
      #expect(try text(output, after: SimplifyReductions()) == text(output))
    }
    #expect(
      try text(rows, rows.expandDims(1), after: SimplifyReductions())
        == text(rows, rows.expandDims(1)))
  }

  @Test("keeps the axes of a reduction used elsewhere, too, for elementwise operations")
  func usedElsewhere() throws {
    let rows = Self.m.sum(axes: [1]), peak = Self.m.max(axes: [1], keepDims: true)
    for (outputs, reductions) in [
      (
        [rows, Self.m - rows.expandDims(1)],
        ["sum(m, axes: [1], ", "sum(m, axes: [1], keepDims: true"]
      ),
      (
        [exp(Self.m - peak), 2 * peak.squeeze([1])],
        ["max(m, axes: [1], keepDims: true)", "max(m, axes: [1])"]
      ),
    ] {
      let graph = try rewritten(outputs, [SimplifyReductions()])
      let found = graph.equations.filter { $0.operation is Reduce }
      #expect(found.count == 2)
      for reduction in reductions { #expect("\(graph)".contains(" = \(reduction)"), "\(graph)") }
      #expect(!"\(graph)".contains("squeeze") && !"\(graph)".contains("expandDims"), "\(graph)")
    }
  }
}

@Suite("SimplifyViews and TraceExtents")
struct SimplifyViewsTests {
  let m = Tensor.matrix("m"), v = Tensor.vector("v"), f = Tensor("f", .float64, shape: [4, 3])

  @Test("drops views that change nothing")
  func useless() throws {
    let written = [
      f.reshape([4, 3]), f.broadcast(to: [4, 3]), m.transpose([0, 1]), m.transpose().transpose(),
      v.reshape([-1]), m[.all, .all], concatenate([m]), m.expandDims(1).squeeze([1]),
      f.reshape([12]).reshape([4, 3]), f.reshape([-1, 3]).reshape([-1, 3]),
      f[0..<4], f[...(-1)], f[.all, 0...], f[(-4)..., 0..<3],
      m.sum(axes: [1], keepDims: true)[.all, 0..<1],
    ]
    for (number, output) in written.enumerated() {
      let graph = try rewritten([output], [SimplifyViews()])
      #expect(!graph.description.contains("slice"), "\(number): \(graph)")
      #expect(graph.equations.count == 1 || number == written.count - 1, "\(number): \(graph)")
    }
  }

  @Test(
    "keeps slices that turn an axis round, leave something out, or whose axis may be any length")
  func slices() throws {
    for output in [f[.stride(by: -1)], f[1...], f[.stride(by: 2)], m[0..<4], v[...(-1)]] {
      #expect(try text(output, after: SimplifyViews()) == text(output))
    }
    let none = Tensor("none", .float64, shape: [0]), one = Tensor("one", .float64, shape: [1])
    for output in [none[.stride(by: -1)], one[.stride(by: -1)], one[0..<1]] {
      #expect(try !text(output, after: SimplifyViews()).contains("slice"))
    }
  }

  @Test("keeps a reshape that drops the name of a length, which another may meet")
  func names() throws {
    let x = Tensor("x", .float64, shape: ["n"]), y = Tensor("y", .float64, shape: ["m"])
    let column = Tensor("column", .float64, shape: ["n", 1])
    for flat in [x.reshape([-1]), column.reshape([-1])] {
      #expect(try text(flat + y, after: SimplifyViews()).contains("reshape"))
    }
  }

  @Test("says what axes of length 1 a reshape adds and drops")
  func ones() throws {
    let g = Tensor("g", .float64, shape: [4, 1, .unknown])
    #expect(
      try text(
        v.reshape([-1, 1]), v.reshape([1, -1, 1]), f.reshape([1, 4, 3]), g.reshape([4, -1]),
        after: SimplifyViews()) == """
          graph (v: f64[?], f: f64[4,3], g: f64[4,1,?]) -> f64[?,1], f64[1,?,1], f64[1,4,3], f64[4,?] {
            %1 = expandDims(v, axes: [1])    : f64[?,1]
            %2 = expandDims(v, axes: [0, 2]) : f64[1,?,1]
            %3 = expandDims(f, axes: [0])    : f64[1,4,3]
            %4 = squeeze(g, axes: [1])       : f64[4,?]
            return %1, %2, %3, %4
          }
          """)
    let kept = [m.reshape([-1, 1]), m.reshape([1, -1]), f.reshape([3, 4]), v.reshape([4, 1])]
    for output in kept { #expect(try text(output, after: SimplifyViews()) == text(output)) }
  }

  @Test("asks for a length where it comes from")
  func extents() throws {
    let centred = m - m.mean(axes: [0], keepDims: true)
    let lengths = [
      square(centred).transpose().dim(0), (m + v).dim(0), matmul(m, f).dim(0), (m * m).dim(1),
      exp(m)[0..<2].dim(1), m.sum(axes: [0]).dim(0), m.sum(axes: [0]).expandDims(0).dim(1),
    ]
    for (output, axis) in zip(lengths, [1, 0, 0, 1, 1, 1, 1]) {
      let graph = try rewritten([output], [TraceExtents()])
      #expect(graph.description.contains("dim(m, axis: \(axis))"), "\(graph)")
    }
    // Which of the two broadcasts is known at the call only.
    #expect(try text((m + v).dim(1), after: TraceExtents()) == text((m + v).dim(1)))
  }
}
