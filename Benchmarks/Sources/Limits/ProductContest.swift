import Glibc
import Martlet
import Measuring
import Workloads

extension Workload {
  /// Martlet's product of two square matrices beside the direct call of OpenBLAS.
  func productContest(threads: Int) throws -> Contest {
    let arrays = try arrays(), a = arrays[0], b = arrays[1]
    let product = try Compiled(a, b) { try firstFunction(threads: threads) }
    // Not before Martlet's first product, which may choose other kernels.
    let direct = DirectBLAS(a, b)
    let cblas = direct.contender(threads: threads)
    try cblas.inPlace { try cblas.run(1) }
    let epsilon = a.dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
    try Disagreement.check(
      name, difference: try Self.greatestDifference(product.result, direct.result),
      within: 320 * epsilon * Double(a.shape[0]).squareRoot())
    return Contest(
      compileSeconds: product.seconds,
      martlet: Contender("martlet") { calls in
        for _ in 0..<calls { _ = try product.function(a, b) }
      },
      limits: [cblas])
  }

  private static func greatestDifference(_ a: NDArray, _ b: NDArray) throws -> Double {
    try a.withElements(of: Double.self) { a in
      try b.withElements(of: Double.self) { b in
        guard a.count == b.count else { return .infinity }
        var greatest = 0.0
        // A NaN must not be lost, as `max` would lose it.
        for i in a.indices where !(abs(a[i] - b[i]) <= greatest) { greatest = abs(a[i] - b[i]) }
        return greatest
      }
    }
  }
}
