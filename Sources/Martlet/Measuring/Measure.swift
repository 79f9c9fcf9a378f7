public import Arrays

/// Measures how long calls of a function take.
///
///     let calculatePi = try Function([x, y], estimate, name: "pi")
///     print(try measure(calculatePi, xs, ys))
///
/// - Parameters:
///   - function: What is called, under its session's threads.
///   - inputs: What it is called with, in the order of the call; made into arrays once, before any clock
///     runs.
///   - options: How much time is spent; half a second unless given.
/// - Throws: What a call throws, and `MeasuringError` for options that make no sense.
public func measure<Output>(
  _ function: Function<Output>, _ inputs: any ArrayConvertible...,
  options: MeasuringOptions = .init()
) throws -> Measurement {
  try measure(function, with: try inputs.map { try $0.ndArray() }, options: options)
}

/// Measures how long calls of a function take with a list of arrays; see the function above.
public func measure<Output>(
  _ function: Function<Output>, with inputs: [NDArray], options: MeasuringOptions = .init()
) throws -> Measurement {
  let call: () throws -> Void
  // The ways to call that are the shortest.
  switch (function as? Function<NDArray>, inputs.count) {
  case (let function?, 1): call = { [a = inputs[0]] in _ = try function(a) }
  case (let function?, 2): call = { [a = inputs[0], b = inputs[1]] in _ = try function(a, b) }
  case (let function?, _): call = { _ = try function.call(with: inputs) }
  default: call = { _ = try function.program.run(inputs) }
  }
  return try measure(function.name, options: options, call)
}

/// Measures how long a piece of work takes; see `measure(_:_:options:)`.
///
/// - Parameters:
///   - name: What the measurement calls it.
///   - work: What is done again and again.
public func measure(
  _ name: String, options: MeasuringOptions = .init(), _ work: () throws -> Void
) throws -> Measurement {
  let clock = ContinuousClock()
  let start = clock.now
  return try Measurer(options: options) { clock.now - start }.measure(name, work)
}

/// Measuring by some clock.
struct Measurer {
  let options: MeasuringOptions
  /// The time since some moment.
  let now: () -> Duration

  func measure(_ name: String, _ work: () throws -> Void) throws -> Measurement {
    try options.check()
    let (warmUpCalls, seconds) = try warmUp(work)
    let callsPerBatch = callsPerBatch(seconds)
    var batches: [Double] = []
    let end = now() + options.budget
    while batches.count < options.leastBatches
      || batches.count < MeasuringOptions.mostBatches && now() < end
    {
      batches.append(try elapsed(callsPerBatch, work) / .seconds(1))
    }
    return Measurement(
      name, batches: batches, callsPerBatch: callsPerBatch, warmUpCalls: warmUpCalls)
  }

  /// Calls until the time for that is over and a batch was long enough; returns how often, and what a
  /// call took at least.
  private func warmUp(_ work: () throws -> Void) throws -> (calls: Int, seconds: Double) {
    let end = now() + options.warmUp
    var (calls, batch, least) = (0, 1, Double.infinity)
    while true {
      let time = try elapsed(batch, work)
      calls += batch
      least = min(least, time / .seconds(1) / Double(batch))
      if now() >= end, time >= options.batch { return (calls, least) }
      if time < options.batch { batch *= 2 }
    }
  }

  /// How many calls make a batch that is long enough, and long enough for the budget to be filled by no
  /// more batches than may be.
  private func callsPerBatch(_ seconds: Double) -> Int {
    let least = max(options.batch, options.budget / MeasuringOptions.mostBatches) / .seconds(1)
    // Less a little, so that rounding of the quotient adds no call.
    return max(1, Int(min((least / max(seconds, 1e-12) - 1e-6).rounded(.up), 1e15)))
  }

  private func elapsed(_ calls: Int, _ work: () throws -> Void) throws -> Duration {
    let start = now()
    for _ in 0..<calls { try work() }
    return now() - start
  }
}
