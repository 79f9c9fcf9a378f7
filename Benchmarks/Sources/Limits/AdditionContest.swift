import CLimits256
import CLimits512
import Martlet
import Measuring
import Workloads

extension Workload {
  /// Martlet beside a loop that adds a few elements: what a call costs beside the work.
  func additionContest(threads: Int) throws -> Contest {
    let arrays = try arrays(), xs = arrays[0], ys = arrays[1]
    let sum = try Compiled(xs, ys) { try firstFunction(threads: threads) }
    for i in 0..<xs.count {
      let expected = try xs[i, as: Double.self] + ys[i, as: Double.self]
      let element = try sum.result[i, as: Double.self]
      try Disagreement.check(name, difference: element - expected, within: 0)
    }
    return Contest(
      compileSeconds: sum.seconds,
      martlet: Contender("martlet") { calls in
        for _ in 0..<calls { _ = try sum.function(xs, ys) }
      },
      limits: [
        Self.addition("C, 256-bit vectors", xs, ys, add_256),
        Self.addition("C, 512-bit vectors", xs, ys, add_512),
      ])
  }

  private typealias Addition =
    @convention(c) (
      UnsafePointer<Double>?, UnsafePointer<Double>?, UnsafeMutablePointer<Double>?, Int
    ) -> Void

  private static func addition(
    _ name: String, _ xs: NDArray, _ ys: NDArray, _ add: @escaping Addition
  ) -> Contender {
    Contender(name) { calls in
      try xs.withElements(of: Double.self) { xs in
        try ys.withElements(of: Double.self) { ys in
          var out = [Double](repeating: 0, count: xs.count)
          xs.withUnsafeBufferPointer { xs in
            ys.withUnsafeBufferPointer { ys in
              for _ in 0..<calls { add(xs.baseAddress, ys.baseAddress, &out, xs.count) }
            }
          }
        }
      }
    }
  }
}
