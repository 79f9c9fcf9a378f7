import CLimits256
import CLimits512
import Martlet
import Measuring
import Workloads

extension Workload {
  /// Martlet beside a loop that counts the points in the circle.
  func hitContest(threads: Int) throws -> Contest {
    let arrays = try arrays(), xs = arrays[0], ys = arrays[1], n = Double(xs.count)
    let estimate = try Compiled(xs, ys) { try firstFunction(threads: threads) }
    let limit = 4 * Double(try HitCount.all[0].run(xs, ys, calls: 1)) / n
    // One rounding less in x*x + y*y may move a point over the circle's edge.
    try Disagreement.check(
      name, difference: try estimate.result.scalar(as: Double.self) - limit, within: 8 / n)
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
