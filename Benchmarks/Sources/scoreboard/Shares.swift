import Foundation
import Limits
import Martlet
import Measuring
import Workloads

/// Compares the shares of the machine's limit that profiles tell with shares that are measured here: the
/// limits' loops and Martlet take turns in one process, as in the rows of the scoreboard.
struct Shares {
  let threads: Int
  let seconds: Double

  static let heading =
    "workload                  martlet   profiled   overhead   measured share   profiled share   ratio"

  /// Measures and prints a line for each of five kinds: reading, elements of two arrays, products, rows
  /// that are read and written, arithmetic; the latter also at a size that takes 10 µs, the shortest that
  /// counting must not slow down.
  func run() throws {
    print(Self.heading)
    let names = ["sum_axis1_f32_4000", "where_clip_f32_1e7", "matmul_f32_1024"]
    let named = try Workload.named(names)
    for workload in named + [.rowTraffic, .horner(98_304), .horner(12_288)] {
      print(try line(workload))
      fflush(nil)
    }
  }

  private func line(_ workload: Workload) throws -> String {
    // All work on the same arrays: where these lie makes more of a difference than counting does.
    let arrays = try workload.arrays()
    let function = try workload.function(threads: threads, profile: true)
    guard let profile = function.profile else { return "" }
    let plain = try Contender(calling: workload.function(threads: threads), on: arrays)
    let profiled = try Contender(calling: function, on: arrays)
    // A product is held against arithmetic, not against the library that computes it.
    let limited = workload.isProduct ? Workload.horner(98_304) : workload
    let limits = try limited.limits(
      on: workload.isProduct ? limited.arrays() : arrays, threads: threads)
    let timings = try interleaved(
      [plain, profiled] + limits, effort: Effort(seconds: seconds, leastSamples: 7))
    let limit = timings.dropFirst(2).map(\.min).min() ?? 0
    let scale = workload.isProduct ? workload.flops / limited.flops : 1
    let measured = scale * limit / timings[0].min
    let told = try share(profile, of: profiled, calls: Int(3e-3 / timings[1].min) + 1)
    return workload.name.padding(toLength: 22, withPad: " ", startingAt: 0)
      + String(
        format: "%8.2f µs %8.2f µs %8.2f %% %14.1f %% %14.1f %% %9.3f", 1e6 * timings[0].min,
        1e6 * timings[1].min, 100 * (timings[1].min / timings[0].min - 1), 100 * measured,
        100 * told, told / measured)
  }

  /// Returns the share that a profile tells of the least disturbed of many short series of calls, as the
  /// scoreboard's figures are those of the least sample.
  private func share(_ profile: Profile, of contender: Contender, calls: Int) throws -> Double {
    let end = ContinuousClock.now + .seconds(seconds)
    var most = 0.0
    repeat {
      profile.reset()
      try contender.run(calls)
      let steps = profile.report.functions[0].steps
      let limit = steps.reduce(0) { $0 + ($1.limitSeconds ?? 0) }
      most = max(most, limit / steps.reduce(0) { $0 + $1.limitedSeconds })
    } while ContinuousClock.now < end
    return most
  }
}
