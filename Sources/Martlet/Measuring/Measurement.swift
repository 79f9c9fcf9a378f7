/// How long calls of a function take.
///
/// The clock is read once for a batch of calls, which is long beside what reading it takes; each batch
/// gives the time of a call in it. `fastest` is what a call costs undisturbed, and the figure to compare
/// with others; how far `median` and `mean` lie above it shows how much the machine was disturbed.
public struct Measurement: Sendable, Codable, Equatable, CustomStringConvertible {
  /// What was measured.
  public let name: String
  /// The calls that were counted, and the batches that they were made in.
  public let calls: Int, batches: Int
  /// The calls before those, which warm up caches and threads, and find out how long a batch must be.
  public let warmUpCalls: Int
  /// The seconds of a call: the least of all batches, the middle one, the mean, the greatest.
  public let fastest: Double, median: Double, mean: Double, slowest: Double
  /// The standard deviation of the batches' seconds of a call; 0 for a single batch.
  public let standardDeviation: Double
  /// The seconds of all counted calls together.
  public let total: Double

  /// Sums up the seconds of batches, of which there is at least one, of so many calls each.
  init(_ name: String, batches: [Double], callsPerBatch: Int, warmUpCalls: Int) {
    let times = batches.map { $0 / Double(callsPerBatch) }.sorted()
    let count = Double(times.count)
    let mean = times.reduce(0, +) / count
    let squares = times.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.name = name
    self.batches = times.count
    calls = times.count * callsPerBatch
    self.warmUpCalls = warmUpCalls
    (fastest, slowest, self.mean) = (times[0], times[times.count - 1], mean)
    median = (times[(times.count - 1) / 2] + times[times.count / 2]) / 2
    standardDeviation = times.count > 1 ? (squares / (count - 1)).squareRoot() : 0
    total = batches.reduce(0, +)
  }

  /// The standard deviation as a share of the mean.
  public var spread: Double { mean > 0 ? standardDeviation / mean : 0 }

  /// The figures with their units, one on a line.
  public var description: String {
    let counted = { (count: Int, noun: String) in "\(count) \(noun)\(count == 1 ? "" : "s")" }
    let share = (spread * 1000).rounded() / 10
    return """
      \(name): \(counted(calls, "call")) in \(batches) batch\(batches == 1 ? "" : "es"), after \
      \(warmUpCalls) to warm up
        fastest  \(Self.text(fastest))
        median   \(Self.text(median))
        mean     \(Self.text(mean)) ± \(share) %
        slowest  \(Self.text(slowest))
        total    \(Self.text(total))
      """
  }

  /// Returns a time to four digits, in the unit that suits it.
  private static func text(_ seconds: Double) -> String {
    let units = [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")]
    let (unit, name) = units.first { seconds >= $0.0 } ?? (1e-9, "ns")
    let value = seconds / unit
    let scale: Double = value >= 100 ? 10 : value >= 10 ? 100 : 1000
    let rounded = (value * scale).rounded() / scale
    return "\(rounded) \(name)"
  }
}
