import CLimits
import Martlet
import Measuring
import Workloads

extension Tolerance {
  /// Returns by how much the worst element is farther away than allowed, in terms of what is
  /// allowed: anything above 1 is wrong.
  fileprivate func excess(_ results: [Double], _ expected: [Double]) -> Double {
    guard results.count == expected.count else { return .infinity }
    var worst = 0.0
    for (result, value) in zip(results, expected) where result != value {
      let excess = abs(result - value) / (absolute + relative * abs(value))
      // Written so that a NaN is not lost.
      if !(excess <= worst) { worst = excess }
    }
    return worst
  }
}

extension Workload {
  /// Martlet beside the loops of a limit.
  func loopContest(
    _ limit: Limit, _ plain: Plain, on arrays: [NDArray], threads: Int
  ) throws -> Contest {
    let compiled = try Compiled(arrays) { try function(threads: threads) }
    let expected = plain.results(try arrays.map { try $0.doubles() })
    for (result, expected) in zip(compiled.result, expected) {
      let excess = plain.tolerance.excess(try result.doubles(), expected)
      try Disagreement.check(name, difference: excess, within: 1)
    }
    let run = try LimitRun(
      limit.inputs(arrays), outputs: compiled.result.map { $0.count * $0.dtype.byteCount },
      shape: limit.lengths(inputs))
    if limit.isSame {
      try run.check(name, limit, compiled.result, expected, plain.tolerance)
    }
    return Contest(
      compileSeconds: compiled.seconds,
      martlet: Contender("martlet") { calls in
        for _ in 0..<calls { _ = try compiled.function.call(with: arrays) }
      },
      limits: run.contenders(limit, threads: threads))
  }
}

extension LimitRun {
  /// Compares what every loop of a limit computes with the expected elements, given Martlet's results for
  /// their dtypes.
  fileprivate func check(
    _ name: String, _ limit: Limit, _ results: [NDArray], _ expected: [[Double]],
    _ tolerance: Tolerance
  ) throws {
    for loop in limit.loops {
      for width in limit.widths {
        let sum = try run(loop, by: width.run)
        for (i, result) in results.enumerated() {
          let elements =
            result.rank == 0 ? [sum] : elements(i, result.dtype, count: expected[i].count)
          try Disagreement.check(
            "\(name), \(width.name)", difference: tolerance.excess(elements, expected[i]),
            within: 1)
        }
      }
    }
  }
}

extension NDArray {
  /// The elements in C order as doubles.
  fileprivate func doubles() throws -> [Double] {
    try cast(to: .float64).withElements(of: Double.self) { elements in
      elements.withUnsafeBufferPointer { Array($0) }
    }
  }
}
