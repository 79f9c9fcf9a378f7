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
/// that its threads are awake and what the others left in the caches is gone. Every round begins with
/// another contender.
public func interleaved(_ contenders: [Contender], effort: Effort) throws -> [Timing] {
  let repeats = try contenders.map { try calibrated($0) }
  var samples = [[Double]](repeating: [], count: contenders.count)
  let end = now() + effort.seconds
  var round = 0
  while round < effort.leastSamples || now() < end {
    for turn in contenders.indices {
      let i = (turn + round) % contenders.count
      samples[i].append(try sample(contenders[i], repeats: repeats[i]))
    }
    round += 1
  }
  return samples.map(Timing.init)
}

/// Measures a contender by itself: call follows call, as in a program that does nothing else, so that
/// its data stay in the caches that hold them.
public func alone(_ contender: Contender, effort: Effort) throws -> [Double] {
  let repeats = try calibrated(contender)
  return try contender.inPlace {
    var samples: [Double] = []
    let end = now() + effort.seconds
    while samples.count < effort.leastSamples || now() < end {
      samples.append(try seconds { try contender.run(repeats) } / Double(repeats))
    }
    return samples
  }
}

/// Returns how many calls make a sample.
private func calibrated(_ contender: Contender) throws -> Int {
  var repeats = 1
  while true {
    let time = try sample(contender, repeats: repeats) * Double(repeats)
    if time >= sampleSeconds { return repeats }
    repeats = max(repeats + 1, min(repeats * 10, Int(Double(repeats) * sampleSeconds / time) + 1))
  }
}

/// Returns the seconds that one call takes.
private func sample(_ contender: Contender, repeats: Int) throws -> Double {
  let time = try contender.inPlace {
    // A long call leaves no trace of others in the caches, and is not made twice.
    if repeats > 1 { try contender.run(repeats / 4 + 1) }
    return try seconds { try contender.run(repeats) }
  }
  return time / Double(repeats)
}
