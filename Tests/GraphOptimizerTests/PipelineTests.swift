import Arrays
import Scalars
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("The standard pipeline")
struct PipelineTests {
  @Test("makes the π program one comparison of a contraction")
  func pi() throws {
    let x = Tensor.vector("x"), y = Tensor.vector("y")
    let hits = (x ** 2 + y ** 2 .<= 1).sum()
    let graph = try Graph(inputs: [x, y], outputs: [4 * hits / x.dim(0)])
    #expect(
      try Pipeline.standard.run(on: graph, verifying: true).description == """
        graph (x: f64[?], y: f64[?]) -> f64[] {
          %1 = square(y)          : f64[?]
          %2 = fma(x, x, %1)      : f64[?]
          %3 = le(%2, 1)          : bool[?]
          %4 = sum(%3, axes: [0]) : i64[]
          %5 = mul(%4, 4)         : i64[]
          %6 = cast(%5, f64)      : f64[]
          %7 = dim(x, axis: 0)    : i64[]
          %8 = cast(%7, f64)      : f64[]
          %9 = div(%6, %8)        : f64[]
          return %9
        }
        """)
  }

  @Test("finds nothing more in its own results")
  func idempotent() throws {
    for output in Self.samples {
      let graph = try Graph(inputs: [], outputs: [output])
      let once = try Pipeline.standard.run(on: graph, verifying: true)
      let twice = try Pipeline.standard.run(on: once, verifying: true)
      #expect(once.description == twice.description)
    }
  }

  @Test("keeps values")
  func values() throws {
    let feed = NDArray.uniform(0.1...2, shape: [3, 4], seed: 3)
    for output in Self.samples {
      let graph = try Graph(inputs: [], outputs: [output])
      let better = try Pipeline.standard.run(on: graph, verifying: true)
      let inputs = graph.inputs.map { _ in feed }
      let (old, new) = (try evaluate(graph, inputs)[0], try evaluate(better, inputs)[0])
      try #require(old.shape == new.shape && old.dtype == new.dtype)
      let (a, b) = (try old.reshaped([old.count]), try new.reshaped([new.count]))
      for index in 0..<a.count {
        let (p, q) = (a.scalar(at: index).asDouble, b.scalar(at: index).asDouble)
        #expect(p == q || p.isNaN && q.isNaN || abs(p - q) <= 1e-6 * max(abs(p), 1))
      }
    }
  }

  private static let samples: [Tensor] = {
    let x = Tensor.matrix("x"), y = Tensor.matrix("y"), f = Tensor.matrix("f", .float32)
    let i = Tensor.matrix("i", .int32)
    let centred = x - x.mean(axes: [1], keepDims: true)
    return [
      x ** 2 + y ** 2, x ** 3 - y ** 4, x ** -0.5 + f ** 0.5, log(exp(x).sum(axes: [1])),
      log(exp(x * y - 1).sum()), log(exp(x) + exp(y)), 1 / (1 + exp(-x)), log(1 + exp(-f)),
      (centred ** 2).mean(axes: [1]) ** 0.5, exp((x + y).transpose()).transpose() * 2,
      -(-x) * -(y - x), (i + 3 - 5) * 2 * 4 - i, abs(i) .< 3, (x / 8 - y / 3) / -1,
      `where`(x .< 0, -x, x) - max(x, 0), f.cast(to: .float64).cast(to: .float32) * 1,
      x.sum(axes: []) + y, log(sigmoid(x)) * y + log(1 - sigmoid(x)) * (1 - y),
    ]
  }()

  @Test("reports each pass: name, size, rules")
  func reports() throws {
    let x = Tensor.vector("x")
    let graph = try Graph(inputs: [], outputs: [exp(x) + exp(x) - 0])
    var reports: [PassReport] = []
    let result = try Pipeline.standard.run(on: graph) { reports.append($0) }
    #expect(reports.map(\.pass) == Pipeline.standard.passes.map(\.name))
    #expect(reports.first?.nodesBefore == 6)
    #expect(reports.last?.graph.description == result.description)
    let canonicalize = reports.first { $0.pass == "canonicalize" }
    #expect(canonicalize?.fired == ["canonicalize/sub-zero": 1])
    let line = canonicalize?.description ?? ""
    #expect(line.hasPrefix("canonicalize "))
    #expect(line.hasSuffix(" µs, 5 to 3 nodes: canonicalize/sub-zero 1"))
  }

  @Test("names the pass that made a malformed graph, and shows the graph")
  func malformed() throws {
    struct Break: Pass {
      let name = "break"
      func run(on graph: Graph, _ trace: inout Trace) -> Graph {
        var graph = graph
        graph.equations[1].operands = [1]
        return graph
      }
    }
    let graph = try Graph(inputs: [], outputs: [exp(Tensor.vector("x"))])
    let error = #expect(throws: PassError.self) {
      _ = try Pipeline([Break()]).run(on: graph, verifying: true)
    }
    #expect(
      error?.description == """
        break: equation 1 uses value 1, not yet computed
        graph (x: f64[?]) -> f64[?] {
          %1 = exp(%1) : f64[?]
          return %1
        }
        """)
  }

  @Test("walks a chain of 100,000 operations without recursion")
  func longChain() throws {
    let x = Tensor.vector("x")
    var chain = x
    for _ in 0..<50_000 { chain = -exp(chain) }
    let graph = try Graph(inputs: [], outputs: [chain])
    let result = try Pipeline.standard.run(on: graph, verifying: false)
    #expect(result.equations.count == 100_001)
  }

  @Test("walks long chains that it rewrites at every step without recursion")
  func longRewritings() throws {
    let x = Tensor.matrix("x")
    var (negated, contracted, turned, counted) = (x, x, x, x.cast(to: .int64))
    for _ in 0..<10_000 {
      negated = -negated
      contracted = contracted * 1.5 + x
      turned = exp(turned).transpose()
      counted = counted + 1
    }
    let counts = try [negated, contracted, turned, counted].map { output in
      let graph = try Graph(inputs: [], outputs: [output])
      return try Pipeline.standard.run(on: graph, verifying: false).equations.count
    }
    #expect(counts == [1, 10_002, 10_003, 4])
  }
}

@Suite("Traces")
struct TraceTests {
  @Test("tell every rewriting as from what to what")
  func rewritings() throws {
    let x = Tensor.vector("x"), y = Tensor.vector("y"), m = Tensor.matrix("m")
    let outputs = [
      exp(y * 1 - 0) - 1, log(1 - 1 / (1 + exp(-x))), exp(y),
      m.transpose().transpose()
        + Tensor.constant(NDArray(2.0)) * 3.0,
    ]
    let graph = try Graph(inputs: [x, y, m], outputs: outputs)
    var lines: [String] = []
    _ = try Pipeline.standard.run(on: graph, verifying: true, recording: true) {
      lines += $0.trace.rewritings.map(\.description)
    }
    #expect(
      lines == [
        "fold-constants/mul: %14 = mul(2, 3) -> 6",
        "simplify-views/view-of-view: %13 = transpose(%12, axes: [1, 0]) -> m",
        "canonicalize/mul-one: %1 = mul(y, 1) -> y",
        "canonicalize/sub-zero: %2 = sub(y, 0) -> y",
        "merge/merge-equal: %9 = exp(y) -> %1",
        "stabilize/expm1: %2 = sub(%1, 1) -> expm1(y)",
        "stabilize/sigmoid: %6 = div(1, %5) -> sigmoid(x)",
        "stabilize/one-minus-sigmoid: %7 = sub(1, %6) -> sigmoid(neg(x))",
        "stabilize/log-sigmoid: %8 = log(%7) -> neg(softplus(x))",
        "canonicalize/neg-neg: neg(neg(x)) -> x",
      ])
  }

  @Test("know where every value went, and are silent unless asked")
  func places() throws {
    let x = Tensor.vector("x")
    let graph = try Graph(inputs: [], outputs: [log(1 + exp(x)) * 1])
    let (number, log) = (graph.outputs[0], 4)
    var trace = Trace(recording: true)
    let result = Apply(.stabilize).run(on: graph, &trace)
    #expect(trace.places.count == graph.equations.count)
    #expect(trace.places[number] == result.outputs[0] && trace.places[log] == result.outputs[0])
    #expect(trace.places[number - 3] == nil)
    var silent = Trace()
    _ = Apply(.stabilize).run(on: graph, &silent)
    #expect(silent.rewritings.isEmpty && silent.places.isEmpty && silent.fired == trace.fired)
  }
}
