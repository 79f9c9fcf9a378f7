import Glibc

/// The least time of many.
enum Stopwatch {
  /// What a measurement may cost, and what it needs.
  struct Effort {
    /// Nanoseconds that the process may compute for it.
    var budget: Double
    /// The fewest samples, however long they take.
    var leastSamples: Int
  }

  /// Nanoseconds of the shortest sample: long beside the clock's own 25, short enough to fall between
  /// disturbances.
  private static let sample = 100_000.0

  /// Returns the nanoseconds that a call of `run` takes when nothing disturbs it.
  ///
  /// - Parameter run: Does the work as many times as it is told.
  static func least(_ effort: Effort, _ run: (_ times: Int) -> Void) -> Double {
    let times = calibrated(run)
    var least = Double.infinity
    var samples = 0
    let start = nanoseconds(CLOCK_PROCESS_CPUTIME_ID), begin = nanoseconds(CLOCK_MONOTONIC)
    // The time of the process counts, so that a busy machine does not leave one without samples; that
    // of the day ends it where the process hardly gets to run at all.
    while samples < effort.leastSamples
      || nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - start < effort.budget
        && nanoseconds(CLOCK_MONOTONIC) - begin < 10 * effort.budget
    {
      least = min(least, elapsed { run(times) } / Double(times))
      samples += 1
    }
    return least
  }

  /// Returns how many calls make a sample.
  private static func calibrated(_ run: (Int) -> Void) -> Int {
    var times = 1
    while true {
      let time = elapsed { run(times) }
      if time >= sample { return times }
      times = max(times + 1, min(times * 10, Int(Double(times) * sample / max(time, 1)) + 1))
    }
  }

  private static func elapsed(_ body: () -> Void) -> Double {
    let start = nanoseconds(CLOCK_MONOTONIC)
    body()
    return nanoseconds(CLOCK_MONOTONIC) - start
  }

  private static func nanoseconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }
}
