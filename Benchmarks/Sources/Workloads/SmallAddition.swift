import CLimits256
import CLimits512
import Martlet
import Measuring

extension Workload {
  /// Returns the workload that adds two arrays of a few elements: what a call costs beside the work.
  static func smallAddition(_ name: String, _ n: Int) -> Workload {
    Workload(name: name) { threads in
      let xs = NDArray((0..<n).map { Double($0) })
      let ys = NDArray((0..<n).map { Double($0) * 0.5 })
      let sum = try Compiled(xs, ys) {
        let x = Tensor.vector("x"), y = Tensor.vector("y")
        return try Session(threads: threads).function([x, y], x + y, name: name)
      }
      for i in 0..<n {
        let element = try sum.result[i, as: Double.self]
        try Disagreement.check(name, difference: element - Double(i) * 1.5, within: 0)
      }
      return Contest(
        compileSeconds: sum.seconds,
        martlet: Contender("martlet") { calls in
          for _ in 0..<calls { _ = try sum.function(xs, ys) }
        },
        limits: [
          addition("C, 256-bit vectors", xs, ys, add_256),
          addition("C, 512-bit vectors", xs, ys, add_512),
        ])
    }
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
