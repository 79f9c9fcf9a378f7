/// When a loop is worth sharing: every figure and every decision of the parallel loop.
///
/// Measured on two Zen 4 cores of a virtual machine.
enum LoopCost {
  /// Nanoseconds to hand a loop to spinning workers and to learn that they have finished.
  static let handOver = 300.0
  /// Nanoseconds that waking workers must save to be worth it. The call that wakes another core takes
  /// the caller 8 µs, or 25 µs when the core has slept for long; the worker arrives 11 to 37 µs
  /// after it began. A loop of 110 µs comes out even at worst.
  static let wake = 55_000.0
  /// Nanoseconds a worker spins at most for the next loop.
  static let longestSpin = 50_000.0
  /// Nanoseconds below which a loop runs serially without a look at the team.
  static let leastShared = 2 * handOver
  /// Nanoseconds of recent serial work for which waking the team in advance is tried.
  static let patience = 20_000.0
  /// Nanoseconds of recent work that waking the team is put off to at most, when it keeps being
  /// useless: 25 µs lost in a millisecond do not show.
  static let longestPatience = 1_000_000.0
  /// Nanoseconds that a claim of a batch takes, 50 to 100.
  static let claim = 75.0
  /// Nanoseconds of work that a batch should hold: many times its claim.
  static let shortestBatch = 500.0, longestBatch = 50_000.0

  /// What to do with a loop.
  enum Decision: Equatable {
    /// Run it here. The team stays as it is.
    case serial
    /// Run it here, but count it as a reason to wake the team for the loops that follow.
    case serialCounted
    /// Share it with the workers that are awake.
    case share
    /// Likewise, and count it as a reason to wake the others for the loops that follow.
    case shareCounted
    /// Share it, and wake the workers that are missing.
    case shareAndWake
  }

  /// Decides about a loop of `estimate` nanoseconds whose largest share on `n` threads is
  /// `largestShare(n)` of it, with `awake` workers spinning.
  static func decide(
    estimate: Double, threads: Int, awake: Int, cores: Int, largestShare: (Int) -> Double
  ) -> Decision {
    let useful = min(threads, cores)
    let now = min(awake, useful - 1) + 1
    let missed = useful > now ? estimate * (largestShare(now) - largestShare(useful)) : 0
    if missed > wake { return .shareAndWake }
    let saved = estimate * (1 - largestShare(now))
    if now > 1, saved > handOver { return missed > handOver ? .shareCounted : .share }
    return saved + missed > handOver ? .serialCounted : .serial
  }

  /// Returns how many of `threads` threads a loop can use. Their claims follow each other, so that n of them
  /// take estimate / n + n * claim.
  static func mostThreads(estimate: Double, atMost threads: Int) -> Int {
    let most = (estimate / claim).squareRoot()
    return most < Double(threads) ? max(1, Int(most)) : threads
  }

  /// Returns how many batches a loop of `chunks` chunks is handed out in. Where they are to be long,
  /// there is one for each thread: the sums of 4,000 columns as long take 2.8 ms on two cores of Zen 3
  /// with one and 3.0 with two, and means with variances 3.0 and 3.7.
  static func batches(
    estimate: Double, chunks: Int, threads: Int, areLong: Bool = false
  ) -> Int {
    let share = estimate / Double(areLong ? threads : 8 * threads)
    let batch = max(areLong ? share : min(share, longestBatch), shortestBatch)
    let wanted = max(Double(threads), (estimate / batch).rounded(.up))
    return Int(min(wanted, Double(min(chunks, LoopTicket.maximumBatches))))
  }
}
