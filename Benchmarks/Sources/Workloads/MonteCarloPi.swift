import CLimits
import CLimits256
import CLimits512
import Martlet
import Measuring

extension Workload {
  /// Returns the workload that estimates π from n points, whose hits may be counted in another dtype.
  static func monteCarloPi(_ name: String, _ n: Int, hits dtype: DType? = nil) -> Workload {
    Workload(name: name) { threads in
      let xs = NDArray.uniform(-1...1, shape: [n], seed: inputSeed)
      let ys = NDArray.uniform(-1...1, shape: [n], seed: inputSeed + 1)
      let estimate = try Compiled(xs, ys) {
        let x = Tensor.vector("x"), y = Tensor.vector("y")
        let isHit = x ** 2 + y ** 2 .<= 1
        let hits = (dtype.map { isHit.cast(to: $0) } ?? isHit).sum()
        return try Session(threads: threads).function([x, y], 4 * hits / x.dim(0), name: name)
      }
      let limit = 4 * Double(try HitCount.all[0].run(xs, ys, calls: 1)) / Double(n)
      // One rounding less in x*x + y*y may move a point over the circle's edge.
      try Disagreement.check(
        name, difference: try estimate.result.scalar(as: Double.self) - limit,
        within: 8 / Double(n))
      return Contest(
        compileSeconds: estimate.seconds,
        martlet: Contender("martlet") { calls in
          for _ in 0..<calls { _ = try estimate.function(xs, ys) }
        },
        limits: Set([1, threads]).sorted().flatMap { threads in
          HitCount.all.map { $0.contender(xs, ys, threads: threads) }
        })
    }
  }
}

/// The hand-written loop that counts hits, as compiled for one vector width.
private struct HitCount: Sendable {
  let name: String
  let count: @convention(c) (UnsafePointer<Double>?, UnsafePointer<Double>?, Int) -> Int

  static let all = [
    HitCount(name: "C, 256-bit vectors", count: pi_hits_256),
    HitCount(name: "C, 512-bit vectors", count: pi_hits_512),
  ]

  func contender(_ xs: NDArray, _ ys: NDArray, threads: Int) -> Contender {
    Contender(
      threads == 1 ? name : "\(name), \(threads) threads", before: { try Team.wake(threads) },
      after: Team.rest,
      run: { _ = try run(xs, ys, calls: $0) })
  }

  /// Returns the hits, counted as many times as told.
  func run(_ xs: NDArray, _ ys: NDArray, calls: Int) throws -> Int {
    var hits = 0
    try xs.withElements(of: Double.self) { xs in
      try ys.withElements(of: Double.self) { ys in
        xs.withUnsafeBufferPointer { xs in
          ys.withUnsafeBufferPointer { ys in
            for _ in 0..<calls { hits = count(xs.baseAddress, ys.baseAddress, xs.count) }
          }
        }
      }
    }
    return hits
  }
}
