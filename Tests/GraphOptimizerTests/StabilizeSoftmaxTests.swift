import Arrays
import Scalars
import SymbolicGraph
import Testing

@testable import GraphOptimizer

/// Softmax, its logarithm and log-sum-exp, from the user's spelling through the whole pipeline.
@Suite("StabilizeSoftmax")
struct StabilizeSoftmaxTests {
  typealias Spelling = @Sendable (Tensor) -> Tensor

  /// Rows whose exponentials overflow, vanish, and do neither.
  static let rows = [[1000.0, 1001], [-1000, -1001], [0.5, 1.5], [1001, 1000]]
  static let softmax = rows.map { row in
    row.map { $0 == row.max() ? 0.7310585786300049 : 0.2689414213699951 }
  }
  static let logSoftmax = rows.map { row in
    row.map { $0 == row.max() ? -0.31326168751822286 : -1.3132616875182228 }
  }

  // swift-format-ignore
  static let softmaxes: [Spelling] = [
    { exp($0) / exp($0).sum(axes: [1], keepDims: true) },
    { exp($0) / exp($0).sum(axes: [-1]).expandDims(1) },
    { exp($0) / exp($0).sum(axes: [-1]).expandDims(-1) },
    { (exp($0.transpose()) / exp($0.transpose()).sum(axes: [0])).transpose() },
    { exp($0) * (1 / exp($0).sum(axes: [1], keepDims: true)) },
    { reciprocal(exp($0).sum(axes: [1], keepDims: true)) * exp($0) },
    { exp($0) / (1 * exp($0).sum(axes: [1], keepDims: true)) },
    { SymbolicGraph.softmax($0) }, { SymbolicGraph.softmax($0, axis: 1) },
    { SymbolicGraph.softmax($0.transpose(), axis: 0).transpose() },
    { exp(SymbolicGraph.logSoftmax($0)) },
    { exp($0 - $0.logSumExp(axes: [1], keepDims: true)) },
    { exp($0 - log(exp($0).sum(axes: [1], keepDims: true))) },
  ]

  // swift-format-ignore
  static let logSoftmaxes: [Spelling] = [
    { log(exp($0) / exp($0).sum(axes: [1], keepDims: true)) },
    { log(SymbolicGraph.softmax($0)) }, { SymbolicGraph.logSoftmax($0) },
    { log(SymbolicGraph.softmax($0).transpose()).transpose() },
    { log(SymbolicGraph.softmax($0)[.all, 0..<2]) },
    { log(SymbolicGraph.softmax($0).expandDims(0)).squeeze([0]) },
    { $0 - $0.logSumExp(axes: [1], keepDims: true) },
    { $0 - $0.logSumExp(axes: [1]).expandDims(1) },
    { $0 - log(exp($0).sum(axes: [1], keepDims: true)) },
    { $0 - log(exp($0).sum(axes: [1])).expandDims(1) },
    { ($0.transpose() - log(exp($0.transpose()).sum(axes: [0]))).transpose() },
    { -(log(exp($0).sum(axes: [1], keepDims: true)) - $0) },
  ]

  @Test("divides once by the sum of shifted exponentials", arguments: softmaxes.indices)
  func softmax(_ number: Int) throws {
    let text = try expect(Self.softmaxes[number], Self.softmax)
    #expect(text.contains(" = max(") && !text.contains(" = exp(x)"))
    #expect(text.components(of: " = exp(") == 1 && !text.contains(" = div("))
    #expect(text.components(of: " = reciprocal(") == 1)
  }

  @Test("takes the logarithm of the sum alone", arguments: logSoftmaxes.indices)
  func logSoftmax(_ number: Int) throws {
    let text = try expect(Self.logSoftmaxes[number], Self.logSoftmax)
    #expect(text.contains(" = max(") && !text.contains(" = exp(x)"))
    #expect(text.components(of: " = exp(") == 1 && !text.contains(" = div("))
  }

  /// Checks values in both floating dtypes and returns the optimized graph's text.
  private func expect(_ spelling: Spelling, _ expected: [[Double]]) throws -> String {
    var text = ""
    for dtype in [DType.float32, .float64] {
      let x = Tensor("x", dtype, shape: [4, 2])
      let graph = try Graph(inputs: [x], outputs: [spelling(x)])
      let optimized = try Pipeline.standard.run(on: graph, verifying: true)
      let feed = try NDArray(Self.rows.flatMap(\.self)).reshaped([4, 2])
      let result = try evaluate(optimized, [feed])[0]
      try #require(result.shape == [4, 2] && result.dtype == dtype)
      let elements = try result.reshaped([8])  // in row-major order, whatever the view
      for (place, value) in expected.flatMap(\.self).enumerated() {
        let got = elements.scalar(at: place).asDouble
        #expect(abs(got - value) < (dtype == .float32 ? 1e-6 : 1e-14), "element \(place): \(got)")
      }
      text = optimized.description
    }
    return text
  }

  @Test("loses no digits to the shift where the exponentials were finite")
  func shiftedDigits() throws {
    let x = Tensor("x", .float32, shape: [2])
    for pair: [Float] in [[-87, -2.3082783], [-2.3082783, 85], [0.1, 60.7], [1e-10, 80]] {
      let graph = try Graph(inputs: [x], outputs: [exp(x) / exp(x).sum(axes: [0])])
      let better = try Pipeline.standard.run(on: graph, verifying: true)
      let result = try evaluate(better, [NDArray(pair)])[0]
      let exponentials = pair.map { exponential(Double($0)) }
      for (place, value) in exponentials.enumerated() {
        let exact = value / (exponentials[0] + exponentials[1])
        let error = abs(result.scalar(at: place).asDouble - exact) / exact
        #expect(error < 0x1p-22, "\(pair): \(error)")
      }
    }
  }

  private func exponential(_ x: Double) -> Double {
    ScalarOp.exp.evaluate([Scalar(x)], as: .float64).asDouble
  }

  @Test("divides each exponential where their sum may be too small for a reciprocal")
  func smallSums() throws {
    let x = Tensor("x", .float32, shape: [2, 2])
    let peaks = x.max(axes: [1], keepDims: true)
    let shifts = [
      `where`(peaks .> 0, peaks, 0),  // not where the greatest element is finite
      x.max(axes: [1]),  // another row's greatest element
      x.max(axes: [0], keepDims: true),
    ]
    for (shift, values) in zip(
      shifts, [[-100, -100, 0, 1], [-100, 0, 100, 0], [0, 0, 100, 100] as [Float]])
    {
      let e = exp(x - shift)
      let graph = try Graph(inputs: [x], outputs: [e / e.sum(axes: [1], keepDims: true)])
      let better = try Pipeline.standard.run(on: graph, verifying: true)
      let result = try evaluate(better, [NDArray(values).reshaped([2, 2])])[0].reshaped([4])
      #expect(result.scalar(at: 0).asDouble == 0.5 && result.scalar(at: 1).asDouble == 0.5)
    }
  }

  @Test("keeps what infinite and missing elements give")
  func edges() throws {
    let x = Tensor.matrix("x"), inf = Double.infinity
    let values = [1, 2, 3, -inf, -inf, -inf, inf, 1, 2, inf, -inf, 0, .nan, 1, inf, 0, -inf, 0]
    let rows = try NDArray(values).reshaped([6, 3])
    for spelling in [
      Self.softmaxes[0], Self.softmaxes[4], Self.logSoftmaxes[0], Self.logSoftmaxes[6],
    ] {
      for feed in [rows, .zeros(.float64, shape: [2, 0]), .zeros(.float64, shape: [0, 2])] {
        let graph = try Graph(inputs: [x], outputs: [spelling(x)])
        let better = try Pipeline.standard.run(on: graph, verifying: true)
        let (old, new) = (try evaluate(graph, [feed])[0], try evaluate(better, [feed])[0])
        try #require(old.shape == new.shape)
        for place in 0..<old.count {
          let index = [place / 3, place % 3]
          let (a, b) = (
            try old[index[0], index[1]].scalar(as: Double.self),
            try new[index[0], index[1]].scalar(as: Double.self)
          )
          #expect(a == b || a.isNaN && b.isNaN || abs(a - b) < 1e-14, "\(index): \(a), not \(b)")
        }
      }
    }
  }

  @Test("leaves quotients by another sum, or one that lies along other axes")
  func others() throws {
    let x = Tensor("x", .float64, shape: [3, 3]), y = Tensor("y", .float64, shape: [3, 3])
    let outputs = [
      exp(x) / exp(y).sum(axes: [1], keepDims: true), exp(x) / exp(x).sum(axes: [1]),
      exp(x) / exp(x).sum(axes: [1], keepDims: true, accumulator: .int64),
    ]
    for output in outputs {
      #expect(try text(output, after: Merge(), StabilizeSoftmax()) == text(output, after: Merge()))
    }
  }

  @Test("adds exponentials pair by pair under a logarithm")
  func severalTerms() throws {
    let x = Tensor.vector("x"), y = Tensor.vector("y"), z = Tensor.vector("z")
    let two: [Tensor] = [
      log(exp(x) + exp(y)), log(exp(y) + exp(x)), log(exp(x) + exp(y) + exp(z)),
      log(exp(x) + (exp(y) + exp(z))), log(1 + exp(x) + exp(y)), log(exp(x) + 1 + exp(y)),
      log1p(exp(x) + exp(y)),
    ]
    let feeds: [[Double]] = [[1000, -1000], [999, -1001], [998, -1002]]
    let expected = [
      [1000.3132616875182, -999.6867383124818], [1000.3132616875182, -999.6867383124818],
      [1000.4076059644444, -999.5923940355556], [1000.4076059644444, -999.5923940355556],
      [1000.3132616875182, 0], [1000.3132616875182, 0], [1000.3132616875182, 0],
    ]
    for (output, expected) in zip(two, expected) {
      let graph = try Graph(inputs: [x, y, z], outputs: [output])
      let better = try Pipeline.standard.run(on: graph, verifying: true)
      #expect(!better.description.contains(" = exp("))
      let result = try evaluate(better, feeds.map { NDArray($0) })[0]
      for place in 0..<2 {
        #expect(abs(result.scalar(at: place).asDouble - expected[place]) < 1e-12)
      }
    }
  }
}

@Suite("Row programs")
struct RowProgramTests {
  @Test("are one kernel each, however they are written")
  func kernels() throws {
    let m = Tensor.matrix("m", .float32), mean = m.mean(axes: [1], keepDims: true)
    let programs = [
      exp(m) / exp(m).sum(axes: [1], keepDims: true), softmax(m), log(softmax(m)), logSoftmax(m),
      m - m.logSumExp(axes: [1], keepDims: true), m.logSumExp(axes: [1]),
      log(exp(m).sum(axes: [1])), m.variance(axes: [1]), m.std(axes: [1], correction: 1),
      (m - mean) / (m.std(axes: [1], keepDims: true) + 1e-5), m.sum(axes: [1]).sum(),
    ]
    for (number, output) in programs.enumerated() {
      let graph = try Graph(inputs: [m], outputs: [output])
      let plan = Plan(scheduling: try Pipeline.standard.run(on: graph), name: "row")
      #expect(plan.kernels.count == 1 && plan.steps.count == 1, "\(number): \(plan)")
    }
  }

  @Test("have NumPy's values")
  func values() throws {
    let i = Tensor("i", .int32, shape: [2, 3])
    let feed: NDArray = [[1, 2, 4], [-3, 0, 9]]
    // numpy.var, numpy.std, scipy.special.logsumexp and softmax.
    let expected: [(Tensor, [Double])] = [
      (i.variance(), [13.805555555555557]), (i.variance(axes: [1]), [1.5555555555555556, 26]),
      (i.variance(axes: [-1], correction: 1), [2.3333333333333335, 39]),
      (i.variance(axes: [0], correction: 2), [.infinity, .infinity, .infinity]),
      (i.variance(axes: [0], correction: 3), [.infinity, .infinity, .infinity]),
      (i.std(axes: [0]), [2, 1, 2.5]), (i.logSumExp(), [9.008082097295071]),
      (i.logSumExp(axes: [1]), [4.169846019556286, 9.000129545625043]),
      (softmax(i, axis: 0)[0], [0.9820137900379085, 0.8807970779778823, 0.0066928509242848554]),
      (logSoftmax(i)[1], [-12.000129545625043, -9.000129545625043, -0.00012954562504326696]),
    ]
    for (number, (output, values)) in expected.enumerated() {
      let graph = try Graph(inputs: [i], outputs: [output])
      let better = try Pipeline.standard.run(on: graph)
      for result in [try evaluate(graph, [feed])[0], try evaluate(better, [feed])[0]] {
        try #require(result.count == values.count && result.dtype == .float64)
        for (place, value) in values.enumerated() {
          let got = try result.reshaped([result.count]).scalar(at: place).asDouble
          #expect(got == value || abs(got - value) < 1e-13 * abs(value), "\(number): \(got)")
        }
      }
    }
  }
}
