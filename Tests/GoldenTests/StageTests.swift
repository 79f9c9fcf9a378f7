import Foundation
import GraphOptimizer
@testable import Martlet
import TestSupport
import Testing

/// What `MARTLET_DEBUG=3` shows of a program, but for the times.
@Suite struct StageTests {
  private func expectStages(_ name: String, _ inputs: [Tensor], _ outputs: [Tensor]) throws {
    let written = try Graph(inputs: inputs, outputs: outputs)
    let graph = EqualLengths(assumedIn: written)?.graph ?? written
    var stages: [String] = []
    _ = try Stages.plan(graph, name: name) { level, text in
      // Level 1 tells times; the pass is named by what is left of its line.
      let told = text()
      stages.append(level == 1 ? Self.withoutTime(told) : told)
    }
    try expectGolden(stages.joined(separator: "\n"), name)
  }

  /// `pi: merge   133 µs, 16 to 15 nodes: …` without the time.
  private static func withoutTime(_ line: String) -> String {
    guard let end = line.range(of: " µs, ") ?? line.range(of: " ms, ") ?? line.range(of: " s, ")
    else { return line }
    let name = line[..<end.lowerBound].reversed().drop { $0 != " " }.reversed()
    return String(name).trimmingCharacters(in: .whitespaces) + ", " + line[end.upperBound...]
  }

  let x = Tensor.vector("x"), y = Tensor.vector("y")
  let m = Tensor("m", .float32, shape: [64, 1000])

  @Test("the π program is one kernel")
  func pi() throws {
    let hits = (x ** 2 + y ** 2 .<= 1).sum()
    try expectStages("pi", [x, y], [4 * hits / x.dim(0)])
  }

  @Test("the mean of hits, cast to int32 before the sum, is one kernel too")
  func piInt32() throws {
    let hits = (x ** 2 + y ** 2 .<= 1).cast(to: .int32).sum()
    try expectStages("pi-int32", [x, y], [4 * hits / x.dim(0)])
  }

  @Test("log(1 + exp(x)) becomes softplus inside of the sum")
  func softplusRows() throws {
    try expectStages("softplus-rows", [m], [log(1 + exp(m)).sum(axes: [1])])
  }

  @Test("softmax over rows is one kernel of three stages")
  func softmax() throws {
    let e = exp(m - m.max(axes: [1], keepDims: true))
    try expectStages("softmax", [m], [e / e.sum(axes: [1], keepDims: true)])
  }

  @Test("mean and variance over rows read their operand in one kernel")
  func moments() throws {
    let mean = m.mean(axes: [1], keepDims: true)
    try expectStages("moments", [m], [mean, ((m - mean) ** 2).mean(axes: [1], keepDims: true)])
  }

  @Test("mean and variance of columns read their operand once")
  func columns() throws {
    let m = Tensor.matrix("m", .float32), mean = m.mean(axes: [0], keepDims: true)
    try expectStages("column-moments", [m], [mean, square(m - mean).mean(axes: [0])])
  }

  @Test("several reductions over one read are one kernel")
  func several() throws {
    try expectStages("several", [x], [x.sum(), (x * x).sum(), x.max(), x.min()])
  }

  @Test("a matrix product stands between the kernels that make and use it")
  func product() throws {
    let w = Tensor.matrix("w", .float32), b = Tensor.vector("b", .float32)
    try expectStages("product", [m, w, b], [relu(matmul(m * 2, transpose(w)) + b)])
  }
}
