/// How long measurements go on.
public struct Effort: Sendable {
  /// The seconds to spend on one workload.
  public var seconds: Double

  /// The fewest samples of each contender, however long they take.
  public var leastSamples: Int

  /// Chooses an effort.
  public init(seconds: Double, leastSamples: Int = 7) {
    self.seconds = seconds
    self.leastSamples = leastSamples
  }
}

/// The shortest sample: long beside the clock's own 25 ns, short enough to fall between disturbances.
private let sampleSeconds = 200e-6

/// Measures contenders in turns, so that a change in the machine's speed or load meets all of them.
///
/// A sample repeats the work until it takes 200 µs; before each sample the contender runs untimed, so
/// that its threads are awake and the caches hold what it would have left there itself. Every round begins
/// with another contender.
public func interleaved(_ contenders: [Contender], effort: Effort) throws -> [Timing] {
  let rhythms = try contenders.map { try calibrated($0) }
  var samples = [[Double]](repeating: [], count: contenders.count)
  let end = now() + effort.seconds
  var round = 0
  while round < effort.leastSamples || now() < end {
    for turn in contenders.indices {
      let i = (turn + round) % contenders.count
      samples[i].append(try sample(contenders[i], rhythms[i]))
    }
    round += 1
  }
  return samples.map(Timing.init)
}

/// Measures a contender by itself: call follows call, as in a program that does nothing else, so that
/// its data stay in the caches that hold them.
public func alone(_ contender: Contender, effort: Effort) throws -> [Double] {
  let repeats = try calibrated(contender).timed
  return try contender.inPlace {
    var samples: [Double] = []
    let end = now() + effort.seconds
    while samples.count < effort.leastSamples || now() < end {
      samples.append(try seconds { try contender.run(repeats) } / Double(repeats))
    }
    return samples
  }
}

/// How often a contender runs for a sample.
private struct Rhythm {
  /// The calls before the clock runs.
  var untimed: Int
  /// The calls that are timed.
  var timed: Int
}

/// The seconds from which on a call is not made for nothing: in so many it reads and writes more than any
/// cache holds, so that nothing is left of what was there.
private let longSeconds = 5e-3

/// Returns how many calls make a sample.
private func calibrated(_ contender: Contender) throws -> Rhythm {
  var rhythm = Rhythm(untimed: 1, timed: 1)
  while true {
    let seconds = try sample(contender, rhythm)
    let time = seconds * Double(rhythm.timed)
    if seconds >= longSeconds { return Rhythm(untimed: 0, timed: 1) }
    if time >= sampleSeconds { return rhythm }
    let wanted = Int(Double(rhythm.timed) * sampleSeconds / time) + 1
    rhythm.timed = max(rhythm.timed + 1, min(rhythm.timed * 10, wanted))
    rhythm.untimed = rhythm.timed / 4 + 1
  }
}

/// Returns the seconds that one call takes.
private func sample(_ contender: Contender, _ rhythm: Rhythm) throws -> Double {
  let time = try contender.inPlace {
    if rhythm.untimed > 0 { try contender.run(rhythm.untimed) }
    return try seconds { try contender.run(rhythm.timed) }
  }
  return time / Double(rhythm.timed)
}
