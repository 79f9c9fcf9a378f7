/// How long one call takes, in seconds.
public struct Timing: Sendable {
  /// The least of all samples: what the work costs when nothing disturbs it.
  public let min: Double

  /// The middle one of all samples.
  public let median: Double

  /// Sums up samples, of which there is at least one.
  init(samples: [Double]) {
    let sorted = samples.sorted()
    min = sorted[0]
    median = sorted[sorted.count / 2]
  }
}
