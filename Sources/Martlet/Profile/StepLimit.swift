import KernelIR
import MachineLimits

/// What a step would take if it were as fast as this machine is.
struct StepLimit {
  let seconds: Double
  /// `memory` or `arithmetic`, whichever takes longer.
  let name: String

  /// Looks up what was measured of the machine, or measures it; nil where there is nothing to compare.
  init?(of work: Work, threads: Int) {
    if work.flops == 0, work.bytesRead + work.bytesWritten == 0 { return nil }
    let limits = MachineLimits.shared, threads = max(threads, 1)
    let moving =
      Double(work.bytesRead + work.bytesWritten)
      / limits.bandwidth(reading: work.bytesRead, writing: work.bytesWritten, threads: threads)
    // Numbers of several dtypes share the units that compute.
    let computing = work.flopsOf.reduce(0) { seconds, part in
      seconds + part.value / limits.peak(part.key, threads: threads)
    }
    seconds = max(moving, computing)
    name = moving >= computing ? "memory" : "arithmetic"
  }
}
