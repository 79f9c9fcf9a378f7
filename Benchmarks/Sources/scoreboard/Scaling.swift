import Foundation
import Martlet
import Measuring
import Workloads

/// Compares Martlet on one thread with Martlet on several: both work on the same arrays and take turns in one process.
struct Scaling {
  let threads: Int
  let seconds: Double

  static let heading = "workload                    1 thread     threads    ratio"

  /// Measures and prints a line for each workload. The ratio is the time on several threads over that on one.
  func run(_ workloads: [Workload], waiting patience: Double) throws {
    print(Self.heading)
    for workload in workloads {
      let (one, several) = try timings(of: workload) { Quiet.wait(atMost: patience) }
      print(
        workload.name.padding(toLength: 25, withPad: " ", startingAt: 0)
          + String(
            format: "%8.2f µs %8.2f µs %8.3f", 1e6 * one.min, 1e6 * several.min,
            several.min / one.min))
      fflush(nil)
    }
  }

  /// Compiles a workload for one thread and for several, and measures both, after what comes before the clock.
  func timings(
    of workload: Workload, before: () -> Void = {}
  ) throws -> (one: Timing, several: Timing) {
    let arrays = try workload.arrays()
    let contenders = try [1, threads].map { count in
      try Contender(calling: workload.function(threads: count), on: arrays)
    }
    before()
    let timings = try interleaved(contenders, effort: Effort(seconds: seconds, leastSamples: 7))
    return (timings[0], timings[1])
  }
}
