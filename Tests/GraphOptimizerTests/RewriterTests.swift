import Arrays
import Scalars
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("Rewriting by rules")
struct RewriterTests {
  let x = Tensor.vector("x"), y = Tensor.vector("y")

  @Test("writes terms as expressions")
  func terms() {
    let texts = RuleSet.stabilize.ownRules.prefix(3).map(\.rule.description)
    #expect(
      texts == [
        "log1p: log(x + 1) => log1p(x), rounding differs",
        "log1p-sub: log(1 - x) => log1p(-x), rounding differs",
        "expm1: exp(x) - 1 => expm1(x), rounding differs",
      ])
    let rule = Rule(
      "any", -(RuleSet.x - 0.5) * RuleSet.a => .!RuleSet.floor(RuleSet.x ** RuleSet.y),
      where: .floating(RuleSet.x))
    #expect(rule.description == "any: -(x - 0.5) * a => .!floor(x ** y), x floating")
  }

  @Test("finds the logarithm of one and something, whichever comes first")
  func log1p() throws {
    let text = try text(log(1 + exp(x)), log(y + 1), after: Apply(.stabilize))
    #expect(
      text == """
        graph (x: f64[?], y: f64[?]) -> f64[?], f64[?] {
          %1 = softplus(x) : f64[?]
          %2 = log1p(y)    : f64[?]
          return %1, %2
        }
        """)
  }

  @Test("sees through spellings that are no pattern themselves")
  func spellings() throws {
    let outputs = [
      log(1 - sigmoid(x)), 1 / (1 + exp(-1 * x)), 1 / (1 + exp(0 - x)), exp(x) / (1 + exp(x)),
      (1 + exp(-x)) ** -1,
    ]
    let results = ["neg(softplus(x))", "sigmoid(x)", "sigmoid(x)", "sigmoid(x)", "sigmoid(x)"]
    for (output, result) in zip(outputs, results) {
      var graph = try Graph(inputs: [], outputs: [output])
      graph = try Pipeline.standard.run(on: graph)
      let operation = graph.equations[graph.outputs[0]]
      let inner = operation.operands.map { graph.equations[$0].operation.name }
      #expect(result.hasPrefix("\(operation.operation.name)(\(inner[0])"))
    }
  }

  @Test("chooses once between what two choices by one condition choose")
  func choices() throws {
    let c = x .> y, d = y .> x
    let joined: [(Tensor, String)] = [
      (`where`(c, x, 0) + `where`(c, 0, y), "where(%1, x, y)"),
      (`where`(c, x, 0) - `where`(c, 0, y), "where(%1, x, %2)"),
      (`where`(c, 2, x) * `where`(c, 3, y), "where(%1, 6, %2)"),
      (`where`(c, 1, x) / `where`(c, 4, y), "where(%1, 0.25, %2)"),
      (`where`(c, x, 1) / `where`(c, y, 4), "where(%1, %2, 0.25)"),
    ]
    for (output, choice) in joined {
      let text = try Pipeline.standard.run(on: Graph(inputs: [x, y], outputs: [output])).description
      #expect(text.contains(" = \(choice) ") && text.components(of: " = where(") == 1, "\(text)")
    }
    // Every lane keeps its bits, NaN and infinities included.
    let inf = Double.infinity
    let feeds = [
      NDArray([1, -2, inf, .nan, 0, -inf, 0.1]), NDArray([-3, 4, 2, 1, .nan, inf, 0.3]),
    ]
    for output in joined.map(\.0) {
      try expectSame(output, after: Apply(.canonicalize), FoldConstants(), feeding: feeds)
    }
    // Another condition, or a masked factor, which is NaN where the other is: nothing to merge.
    for output in [
      `where`(c, x, 0) + `where`(d, 0, y), `where`(c, 0, x) * y, `where`(c, 0, x) / y,
    ] {
      #expect(
        try text(output, after: Merge(), Apply(.canonicalize)) == text(output, after: Merge()))
    }
  }

  @Test("contracts products that are used once with what is added, and differences with constants")
  func contraction() throws {
    let q = x * y
    let whole = [
      q - q, square(x) - square(x), q + q, q - floor(q), q.max() - q, q - max(q, 0), q + max(-q, 0),
      x ** 2 - x * x, x ** 3 - x * x * x, q - y * x, square(x) - square(y), q - x,
      x - square(y), q + (-x) * y, q + max(-x * y, 0), q + (-x * y).max(), x * 10 + floor(-x * 10),
      x * 10 - (0 - floor(x * -10)), (x * 0.1).max() - -(x * -0.1),
    ]
    for output in whole {
      let graph = try Pipeline.standard.run(on: Graph(inputs: [x, y], outputs: [output]))
      #expect(!graph.description.contains("fma"), "\(graph)")
    }
    for output in [q + x, square(x) + y, q - 1, 1 - q, square(x) - 1, 1 - square(x), q + y * y] {
      let graph = try Pipeline.standard.run(on: Graph(inputs: [x, y], outputs: [output]))
      #expect(graph.description.contains("fma"), "\(graph)")
    }
  }

  @Test("turns comparisons round to have constants behind")
  func comparisons() throws {
    #expect(
      try text(1 .< x, 1 .>= x, 1 .== x, after: Apply(.canonicalize)) == """
        graph (x: f64[?]) -> bool[?], bool[?], bool[?] {
          %1 = gt(x, 1) : bool[?]
          %2 = le(x, 1) : bool[?]
          %3 = eq(x, 1) : bool[?]
          return %1, %2, %3
        }
        """)
  }

  @Test("gives numbers in replacements the dtype of the operand beside them")
  func numbers() throws {
    let x = Tensor("x", .float32, shape: [4])
    let graph = try rewritten([x ** 0.5], [Apply(.stabilize)])
    #expect(
      graph.description == """
        graph (x: f32[4]) -> f32[4] {
          %1 = eq(x, -inf)        : bool[4]
          %2 = sqrt(x)            : f32[4]
          %3 = where(%1, inf, %2) : f32[4]
          return %3
        }
        """)
  }

  @Test("does not drop what decides the shape")
  func shapes() throws {
    let c = Tensor("c", .bool, shape: [3, 1]), row = Tensor("r", .float64, shape: [1, 4])
    let n = Tensor("n", .int32, shape: [4]), s = Tensor("s", .int32, shape: [])
    let unknown = Tensor("u", .bool, shape: [.unknown])
    let kept = [`where`(c, row, row), `where`(unknown, x, x), n - n, n * 0]
    for output in kept {
      #expect(try text(output, after: Apply(.canonicalize)) == text(output))
    }
    let scalar = Tensor("d", .bool, shape: [])
    let square = Tensor("m", .float64, shape: [3, 4])
    let dropped = [`where`(scalar, x, x), `where`(c, square, square), s - s, s * 0]
    for output in dropped {
      let graph = try rewritten([output], [Apply(.canonicalize)])
      #expect(graph.equations[graph.outputs[0]].operands.isEmpty)
    }
  }

  @Test("remembers where every matched expression was written")
  func origins() throws {
    let graph = try rewritten([log(1 + exp(x))], [Apply(.stabilize)])
    #expect(graph.equations[graph.outputs[0]].origins.count == 3)
  }

  @Test("removes what nothing needs any more, and keeps inputs")
  func dead() throws {
    let p = Tensor("p", .float64, shape: [4]), q = Tensor("q", .float64, shape: [4])
    let graph = try rewritten([`where`(Tensor.constant(true), p, exp(q))], [Apply(.canonicalize)])
    #expect(graph.equations.count == 2)
    #expect(graph.inputs.count == 2)
  }

  @Test("ends even where a rule undoes itself")
  func endless() throws {
    let swap = RuleSet("swap") {
      Rule("swap", RuleSet.x - RuleSet.y => RuleSet.y - RuleSet.x)
      Rule("push", -RuleSet.exp(RuleSet.x) => RuleSet.exp(-RuleSet.x))
    }
    var chain = x
    for _ in 0..<100 { chain = exp(chain) }
    let graph = try rewritten([x - y, -chain], [Apply(swap)])
    #expect(graph.outputs.count == 2)
  }
}
