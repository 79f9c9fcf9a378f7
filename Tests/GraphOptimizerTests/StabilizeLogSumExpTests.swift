import Arrays
import Scalars
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("StabilizeLogSumExp")
struct StabilizeLogSumExpTests {
  let x = Tensor.matrix("x")
  let pass = StabilizeLogSumExp()

  @Test("subtracts the greatest element first")
  func shift() throws {
    #expect(
      try text(log(exp(x).sum(axes: [1])), after: pass) == """
        graph (x: f64[?,?]) -> f64[?] {
          %1 = max(x, axes: [1], keepDims: true, allowsEmpty: true) : f64[?,1]
          %2 = abs(%1)                                              : f64[?,1]
          %3 = lt(%2, inf)                                          : bool[?,1]
          %4 = where(%3, %1, 0)                                     : f64[?,1]
          %5 = sub(x, %4)                                           : f64[?,?]
          %6 = exp(%5)                                              : f64[?,?]
          %7 = sum(%6, axes: [1], keepDims: true)                   : f64[?,1]
          %8 = log(%7)                                              : f64[?,1]
          %9 = add(%8, %4)                                          : f64[?,1]
          %10 = squeeze(%9, axes: [1])                              : f64[?]
          return %10
        }
        """)
  }

  @Test("keeps every edge case: infinities, NaN, rows without elements, arrays without rows")
  func edges() throws {
    let inf = Double.infinity
    let values = [1, 2, 3, -inf, -inf, -inf, inf, 1, 2, inf, -inf, 0, .nan, 1, inf, 0, -inf, 0]
    let rows = try NDArray(values).reshaped([6, 3])
    for output in [log(exp(x).sum(axes: [1])), log(exp(x).sum(axes: [1], keepDims: true))] {
      try expectSame(output, after: pass, feeding: [rows], tolerance: 1e-15)
      try expectSame(output, after: pass, feeding: [.zeros(.float64, shape: [2, 0])])
      try expectSame(output, after: pass, feeding: [.zeros(.float64, shape: [0, 2])])
    }
    try expectSame(log(exp(x).sum()), after: pass, feeding: [rows], tolerance: 1e-15)
  }

  @Test("stays finite where the exponentials overflow or vanish")
  func overflow() throws {
    let graph = try rewritten([log(exp(x).sum(axes: [1]))], [pass])
    let values = try evaluate(graph, [[[1000, 1000], [-1000, -1000]]])[0]
    #expect(abs(values.scalar(at: 0).asDouble - (1000 + 0.6931471805599453)) < 1e-12)
    #expect(abs(values.scalar(at: 1).asDouble - (-1000 + 0.6931471805599453)) < 1e-12)
  }

  @Test("looks through views, which it leaves on the logarithm")
  func views() throws {
    for output in [
      log(exp(x).sum(axes: [1])[1...]), log(exp(x).sum(axes: [1])[-1]),
      log(exp(x).sum(axes: [0]).expandDims(0)), log(exp(x).sum(axes: [0]).reshape([1, -1, 1])),
      log(exp(x).sum(axes: [1], keepDims: true).transpose()),
      log(exp(x).sum(axes: [1], keepDims: true).broadcast(to: [2, 2])),
    ] {
      let graph = try rewritten([output], [pass])
      #expect(!graph.description.contains("exp(x)"), "\(graph)")
      let rows: NDArray = [[1, 2], [0.5, -3]]
      try expectSame(output, after: pass, feeding: [rows], tolerance: 1e-15)
    }
    let (old, new) = try (text(exp(x).sum()), text(log(exp(x).sum()[.newAxis]), after: pass))
    #expect(!old.contains("max(") && new.contains("max("))
  }

  @Test("keeps the dtypes of a sum that has a dtype of its own")
  func dtypes() throws {
    let x = Tensor("x", .float32, shape: [4])
    let graph = try rewritten([log(exp(x).sum(dtype: .float64))], [pass])
    #expect(graph.equations[graph.outputs[0]].type.description == "f64[]")
  }

  @Test("does nothing to what is shifted already, by it or by the user")
  func again() throws {
    let shifted = x - x.max(axes: [1], keepDims: true)
    var trace = Trace()
    let graph = try rewritten([log(exp(shifted).sum(axes: [1])), log(exp(x).sum())], [pass])
    let count = graph.equations.count
    #expect(pass.run(on: graph, &trace).equations.count == count)
    #expect(trace.fired.isEmpty)
  }
}
