/// When a loop is worth sharing: every figure and every decision of the parallel loop.
///
/// What handing a loop over takes is the journeys of cache lines between cores, and differs: some 300 ns on
/// two cores of Zen 4 and a microsecond on two of a large Xeon. So each process measures it. The other figures
/// are those of two Zen 4 cores of a virtual machine.
struct LoopCost: Equatable, Sendable {
  /// Nanoseconds to hand a loop to spinning workers and to learn that they have finished.
  let handOver: Double

  /// How much longer a hand-over takes than one after which workers do nothing but leave a word: loops touch
  /// more lines that come from other cores. On the Xeon an echo comes after 0.44 to 0.67 µs. There 10,000 points of π
  /// take one thread 1.35 µs, and two, beside half of that, 0.8 to 1.15 µs; 1.9 in all are estimated. So 12,000 take
  /// two threads as long as one, and 18,000 take 0.9 of it.
  static let handOverPerEcho = 2.5
  /// What holds until the hand-over has been measured.
  static let standard = LoopCost(handOver: 300)

  /// Takes the hand-over to be so many nanoseconds, but not less than the least that a loop should save, nor
  /// more than any processor takes: a core that was away at the time must not end all sharing.
  init(handOver nanoseconds: Double) {
    handOver = nanoseconds > Self.leastSaved ? min(nanoseconds, 3_000) : Self.leastSaved
  }

  /// Nanoseconds that waking workers must save to be worth it. The call that wakes another core takes
  /// the caller 8 µs, or 25 µs when the core has slept for long; the worker arrives 11 to 37 µs
  /// after it began. A loop of 110 µs comes out even at worst.
  static let wake = 55_000.0
  /// Nanoseconds a worker spins at most for the next loop.
  static let longestSpin = 50_000.0
  /// Nanoseconds that sharing a loop saves at least.
  private static let leastSaved = 300.0
  /// Nanoseconds below which a loop runs serially without a look at the team.
  static let leastShared = 2 * leastSaved
  /// Nanoseconds of recent serial work for which waking the team in advance is tried.
  static let patience = 20_000.0
  /// Nanoseconds of recent work that waking the team is put off to at most, when it keeps being
  /// useless: 25 µs lost in a millisecond do not show.
  static let longestPatience = 1_000_000.0
  /// Nanoseconds that a claim of a batch takes, when the line it is made on comes from another core: 50 to 100
  /// on Zen 4.
  var claim: Double { handOver / 4 }
  /// Nanoseconds of work that a batch holds at least: many times its claim.
  var shortestBatch: Double { 4 * handOver }
  /// Nanoseconds of work that a batch need not exceed.
  static let longestBatch = 50_000.0

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

  /// Whether a loop is too short even for threads that take equal parts. It takes no division, where `decide` takes
  /// several: 50 ns on the Xeon, which show in loops of 2 µs.
  @inline(__always)
  func isShort(_ estimate: Double, threads: Int) -> Bool {
    estimate * Double(threads - 1) <= handOver * Double(threads)
  }

  /// Decides about a loop of `estimate` nanoseconds whose largest share on `n` threads is
  /// `largestShare(n)` of it, with `awake` workers spinning.
  func decide(
    estimate: Double, threads: Int, awake: Int, cores: Int, largestShare: (Int) -> Double
  ) -> Decision {
    let useful = min(threads, cores)
    let now = min(awake, useful - 1) + 1
    // No share is asked for twice: each takes divisions, and many loops end here without a worker.
    let shareNow = now > 1 ? largestShare(now) : 1
    let missed = useful > now ? estimate * (shareNow - largestShare(useful)) : 0
    if missed > Self.wake { return .shareAndWake }
    let saved = estimate * (1 - shareNow)
    if now > 1, saved > handOver { return missed > handOver ? .shareCounted : .share }
    return saved + missed > handOver ? .serialCounted : .serial
  }

  /// Returns how many of `threads` threads a loop can use. Their claims follow each other, so that n of them
  /// take estimate / n + n * claim.
  func mostThreads(estimate: Double, atMost threads: Int) -> Int {
    // Most loops need no root, nor a division.
    if estimate >= claim * Double(threads) * Double(threads) { return threads }
    let most = (estimate / claim).squareRoot()
    return most < Double(threads) ? max(1, Int(most)) : threads
  }

  /// Returns how many batches a loop of `chunks` chunks is handed out in, as many for each thread. Where
  /// they are to be long, `joining` tells how many: the sums of 4,000 columns as long take 2.8 ms on two cores of
  /// Zen 3 with one for each and 3.0 with two, and means with variances 3.0 and 3.7.
  func batches(
    estimate: Double, chunks: Int, threads: Int, joining: ChunkJoining
  ) -> Int {
    if joining == .alone { return min(chunks, LoopTicket.maximumBatches) }
    let share = estimate / Double(threads)
    let wanted: Double =
      if case .longBatches(let each) = joining {
        Double(each)
      } else {
        max(8, share / Self.longestBatch)
      }
    let each = max(1, min(wanted, share / shortestBatch).rounded(.up))
    return Int(min(each * Double(threads), Double(min(chunks, LoopTicket.maximumBatches))))
  }

  /// Returns how many chunks the leader's first batch has more than the others: as many as it runs until
  /// workers begin, where all batches begin at once.
  func headStart(estimate: Double, chunks: Int, batches: Int, threads: Int) -> Int {
    guard batches == threads, chunks > batches else { return 0 }
    let meanwhile = handOver / (estimate / Double(chunks))
    return meanwhile < Double(chunks - batches) ? Int(meanwhile) : chunks - batches
  }
}
