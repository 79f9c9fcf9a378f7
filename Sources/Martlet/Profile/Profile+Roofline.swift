import Arrays
import Inspection
import MachineLimits
import Profiling

extension Profile {
  /// The kernels and library calls so far beside the limits of this machine, as a drawing in SVG: how
  /// many operations they do for each byte, and how many in a second.
  ///
  /// The limits are those of reading from each cache and from memory, and of arithmetic, for the threads
  /// that the functions may use. They are measured the first time, which takes some tens of
  /// milliseconds. What does no arithmetic is listed below the drawing.
  ///
  ///     try f.profile?.roofline().write(toFile: "roofline.svg", atomically: true, encoding: .utf8)
  public func roofline() -> String {
    let functions = report.functions
    let kernels = functions.flatMap { function in
      function.steps.filter { $0.calls > 0 && $0.kind != .equation }.map { step in
        RooflinePlot.Kernel(
          step.kind == .kernel ? step.name : "\(step.opName) \(step.name)", flops: step.flops,
          bytes: step.bytesRead + step.bytesWritten,
          seconds: step.seconds)
      }
    }
    let threads = functions.map(\.threads).max() ?? 1
    let names = Set(functions.map(\.name)).sorted().joined(separator: ", ")
    return RooflinePlot(
      title: "\(names), \(threads) \(threads == 1 ? "thread" : "threads")",
      ceilings: Self.ceilings(threads: threads), kernels: kernels
    ).svg
  }

  private static func ceilings(threads: Int) -> [RooflinePlot.Ceiling] {
    let limits = MachineLimits.shared
    let caches = CacheLevel.all
    // Half a cache lies in it for sure; four times the last one in none.
    let places =
      caches.map { ("L\($0.level)", $0.byteCount / 2) }
      + [("memory", 4 * (caches.last?.byteCount ?? 1 << 25))]
    return places.map { name, byteCount in
      let bandwidth = limits.bandwidth(reading: byteCount, writing: 0, threads: threads)
      return RooflinePlot.Ceiling(name, .bytesPerSecond(bandwidth))
    }
      + [DType.float32, .float64].map {
        RooflinePlot.Ceiling("\($0)", .flopsPerSecond(limits.peak($0, threads: threads)))
      }
  }
}
