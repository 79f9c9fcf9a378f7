import Martlet

/// What came out of calling a function many times.
struct Measurement {
  /// The estimate of π.
  let estimate: Double
  /// The threads that might work on a call.
  let threads: Int
  /// The kernels that a call runs.
  let kernels: Int
  /// The seconds from the expression to the first result.
  let compileSeconds: Double
  /// What the calls did, if that was asked for.
  let profile: Profile?
  /// The seconds that a call takes, in ascending order.
  private let samples: [Double]

  /// Sums up samples, of which there is at least one.
  init(
    estimate: Double, threads: Int, kernels: Int, compileSeconds: Double, samples: [Double],
    profile: Profile? = nil
  ) {
    self.estimate = estimate
    self.threads = threads
    self.kernels = kernels
    self.compileSeconds = compileSeconds
    self.profile = profile
    self.samples = samples.sorted()
  }

  /// The seconds of the fastest call.
  var min: Double { samples[0] }

  /// The seconds of the call in the middle.
  var median: Double { samples[samples.count / 2] }
}

/// The time since it was made.
struct Stopwatch {
  private let start = ContinuousClock.now

  /// The seconds since then.
  var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }
}

/// Calls `body` and returns the seconds that a call takes.
///
/// Beyond a thousand, several calls make one sample, so that reading the clock adds nothing to them.
func timed(calls: Int, _ body: () throws -> Void) rethrows -> [Double] {
  let most = 1000
  var progress = ProgressBar(total: calls)
  var samples: [Double] = []
  var done = 0
  for sample in 1...Swift.min(calls, most) {
    let share = Double(sample) / Double(Swift.min(calls, most))
    let end = Int((Double(calls) * share).rounded())
    let clock = Stopwatch()
    for _ in done..<end { try body() }
    samples.append(clock.seconds / Double(end - done))
    done = end
    progress.show(done)
  }
  progress.erase()
  return samples
}
