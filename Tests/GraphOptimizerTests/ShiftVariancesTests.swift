import Arrays
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("ShiftVariances")
struct ShiftVariancesTests {
  let x = Tensor.matrix("x", .float32)

  /// Passes without which the two means are not one value, nor squares squares.
  private let passes: [any Pass] = [
    Merge(), TraceExtents(), Apply(.canonicalize), Merge(), Apply(.stabilize), ShiftVariances(),
    Merge(),
  ]

  private func isShifted(_ output: Tensor) throws -> Bool {
    try rewritten([output], passes).description.contains(" = first(")
  }

  @Test("sums the elements and the squares of what they differ from the first one by")
  func shift() throws {
    let mean = x.mean(axes: [0]), squares = square(x - mean).sum(axes: [0])
    #expect(
      try rewritten([squares, mean], passes).description == """
        graph (x: f32[?,?]) -> f32[?], f32[?] {
          %1 = sum(x, axes: [0])       : f64[?]
          %2 = dim(x, axis: 0)         : i64[]
          %3 = cast(%2, f64)           : f64[]
          %4 = div(%1, %3)             : f64[?]
          %5 = cast(%4, f32)           : f32[?]
          %6 = first(x, axes: [0])     : f32[1,?]
          %7 = abs(%6)                 : f32[1,?]
          %8 = lt(%7, inf)             : bool[1,?]
          %9 = where(%8, %6, 0)        : f32[1,?]
          %10 = cast(%9, f64)          : f64[1,?]
          %11 = cast(x, f64)           : f64[?,?]
          %12 = sub(%11, %10)          : f64[?,?]
          %13 = square(%12)            : f64[?,?]
          %14 = sum(%13, axes: [0])    : f64[?]
          %15 = squeeze(%6, axes: [0]) : f32[?]
          %16 = abs(%15)               : f32[?]
          %17 = lt(%16, inf)           : bool[?]
          %18 = where(%17, %15, 0)     : f32[?]
          %19 = cast(%18, f64)         : f64[?]
          %20 = mul(%19, %3)           : f64[?]
          %21 = sub(%1, %20)           : f64[?]
          %22 = square(%21)            : f64[?]
          %23 = maximum(%3, 1)         : f64[]
          %24 = div(%22, %23)          : f64[?]
          %25 = sub(%14, %24)          : f64[?]
          %26 = maximum(%25, 0)        : f64[?]
          %27 = cast(%26, f32)         : f32[?]
          return %27, %5
        }
        """)
  }

  @Test("finds the mean of bools as floats after what simplifies their sums")
  func bools() throws {
    let hits = (x .> 0).cast(to: .float32),
      moments = [hits.variance(axes: [1]), hits.sum(axes: [1])]
    let graph = try Graph(inputs: [x], outputs: moments)
    let better = try Pipeline.standard.run(on: graph, verifying: true)
    #expect(better.description.contains(" = first("))
  }

  @Test("takes the first element of what an operand is computed from")
  func computed() throws {
    let y = exp(x) * Tensor("y", .float32, shape: [-1])
    let text = try rewritten([y.variance(axes: [0])], passes).description
    #expect(text.contains("first(x, axes: [0])") && !text.contains("first(y"))
    let whole = try rewritten([y.variance()], passes).description
    #expect(whole.contains("first(x, axes: [0, 1])") && whole.contains("first(y, axes: [0])"))
  }

  @Test("knows every spelling of a variance")
  func spellings() throws {
    let fixed = Tensor("f", .float32, shape: [4, 6]), mean = fixed.sum(axes: [0]) / 4
    let spellings = [
      x.variance(), x.std(), x.variance(axes: [0], correction: 1), x.variance(keepDims: true),
      ((x - x.mean()) * (x - x.mean())).mean(), ((x - x.mean()) ** 2).sum(),
      ((x.mean() - x) ** 2).sum(dtype: .float64), square(fixed - mean).sum(axes: [0]),
      Tensor("t", .float32, shape: ["n", 3, 4]).variance(axes: [0, 2]),
      x.variance(axes: [1]), Tensor("t", .float32, shape: [-1, 3, 4]).variance(axes: [1, 2]),
      square(x - x.sum() / x.count.cast(to: .float32)).mean(),
    ]
    for (number, output) in spellings.enumerated() {
      #expect(try isShifted(output), "\(number)")
    }
  }

  @Test("makes every mean of the same elements of the sum that the variance needs")
  func means() throws {
    let fixed = Tensor("f", .float32, shape: [4, 6])
    for outputs in [
      [x.mean(axes: [1]), x.variance(axes: [1])], [x.mean(), x.variance(), x.mean(keepDims: true)],
      [fixed.sum(axes: [0]) / 4, fixed.variance(axes: [0])],
    ] {
      let graph = try rewritten(outputs, passes)
      #expect(Set(summed(graph)).count == 2, "\(graph)")
    }
    // What is computed has a sum of its own for the mean: it may be of products that are not rounded.
    let product = x * fixed[0...0, 0...0],
      graph = try rewritten([product.mean(), product.variance()], passes)
    #expect(Set(summed(graph)).count == 3, "\(graph)")
    // Other elements, other axes, or a sum that is no mean and stays a float32.
    for other in [x.mean(axes: [0]), (x + 1).mean(axes: [1]), x.sum(axes: [1]) / 3] {
      let graph = try rewritten([other, x.variance(axes: [1])], passes)
      #expect(summed(graph).count == 3, "\(graph)")
    }
  }

  /// The operations whose results are reduced.
  private func summed(_ graph: Graph) -> [String] {
    graph.equations.filter { $0.operation is Reduce }.map {
      "\($0.type.dtype) of \(graph.equations[$0.operands[0]].operation.name)"
    }
  }

  @Test("leaves alone what would lose digits or change")
  func others() throws {
    let fixed = Tensor("f", .float32, shape: [4, 6]), y = Tensor.matrix("y", .float32)
    let others = [
      Tensor.matrix("d").variance(), Tensor.matrix("i", .int32).variance(),
      square(x - y.mean()).mean(), square(x - x.mean()).mean(axes: [0]),
      square(x - x.mean(axes: [0])).sum(), square(x - x.sum() / 7).sum(),
      square(fixed - fixed.sum(axes: [0]) / 6).sum(axes: [0]),
      square(x - x.sum() / x.dim(0).cast(to: .float32)).sum(),
      square(x - x.sum(accumulator: .float32) / x.count.cast(to: .float32)).sum(),
      square(x - x.mean()).sum(accumulator: .float32), abs(x - x.mean()).mean(),
    ]
    for (number, output) in others.enumerated() {
      #expect(try !isShifted(output), "\(number)")
    }
  }

  @Test("keeps every edge case: NaN, infinities, overflow, one element, none")
  func edges() throws {
    let inf = Double.infinity
    let rows: [[Double]] = [
      [1, 2, .nan, 3], [.nan, 2, 1, 3], [1, inf, 2, 3], [inf, 2, 1, 3], [inf, 2, -inf, 3],
      [1, -inf, inf, 3], [inf, inf, inf, inf], [3e38, 3e38, -3e38, 0], [7, 7, 7, 7],
      [0.1, 0.1, 0.1, 0.1], [0, -0.0, -0.0, 0], [5, 6],
    ]
    let feeds =
      try rows.map { try NDArray($0).reshaped([$0.count / 2, 2]) }
      + [[0, 2], [2, 0], [0, 0]].map { NDArray.zeros(.float32, shape: $0) }
    let outputs = [
      x.variance(), x.variance(axes: [0]), x.std(axes: [0], correction: 1),
      square(x - x.mean()).sum(), square(x - x.mean(axes: [0])).sum(axes: [0], keepDims: true),
      x.variance(axes: [1]), x.variance() + x.mean(), x.variance(axes: [0]) + x.mean(axes: [0]),
      x.variance(axes: [1], keepDims: true) + x.mean(axes: [1]).expandDims(1),
      (x - x.mean(axes: [1], keepDims: true)) / (x.std(axes: [1], keepDims: true) + 1),
    ]
    for output in outputs {
      for feed in feeds {
        try expectSame(output, after: InTurn(passes: passes), feeding: [feed], tolerance: 1e-6)
      }
    }
  }

  @Test("gives exactly zero where all elements are equal")
  func constant() throws {
    let graph = try rewritten([x.variance(axes: [0]), x.variance()], passes)
    let feed = try NDArray([Double](repeating: 0.1, count: 3000)).reshaped([1000, 3])
    let results = try evaluate(graph, [feed])
    #expect(try results[0].cast(to: .float64).elements(as: Double.self).allSatisfy { $0 == 0 })
    #expect(results[1].scalar(at: 0).asDouble == 0)
  }
}

/// Several passes as one.
private struct InTurn: Pass {
  let name = "in-turn"
  let passes: [any Pass]

  func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    passes.reduce(graph) { $1.run(on: $0, &trace) }
  }
}
