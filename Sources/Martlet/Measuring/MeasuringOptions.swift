/// How much time `measure` takes.
public struct MeasuringOptions: Sendable, Equatable {
  /// The time for the calls that are counted. Calls that take long may exceed it, since there are at least
  /// `leastBatches`.
  public var budget: Duration
  /// The time for calls that are not counted, before those that are. There is at least one.
  public var warmUp: Duration
  /// What a batch takes at least, so that reading the clock, at some tens of nanoseconds, adds nothing.
  public var batch: Duration
  /// The fewest batches, from 1 to `mostBatches`.
  public var leastBatches: Int

  /// Chooses how much; what is not named suits most functions.
  public init(
    budget: Duration = .milliseconds(500), warmUp: Duration = .milliseconds(50),
    batch: Duration = .microseconds(200), leastBatches: Int = 5
  ) {
    (self.budget, self.warmUp) = (budget, warmUp)
    (self.batch, self.leastBatches) = (batch, leastBatches)
  }

  /// The most batches of a measurement; where the budget has room for more, they are longer.
  public static let mostBatches = 10_000

  /// Refuses what cannot be meant.
  func check() throws(MeasuringError) {
    let day = Duration.seconds(86_400)
    guard budget > .zero, budget <= day else {
      throw .badTime("budget", budget, least: "more than 0")
    }
    guard warmUp >= .zero, warmUp <= day else {
      throw .badTime("warmUp", warmUp, least: "at least 0")
    }
    guard batch >= .microseconds(1), batch <= day else {
      throw .badTime("batch", batch, least: "at least 1 µs")
    }
    guard (1...Self.mostBatches).contains(leastBatches) else { throw .badBatches(leastBatches) }
  }
}

/// What cannot be measured.
public struct MeasuringError: Error, Sendable, CustomStringConvertible, Equatable {
  /// One phrase that states the rule and what was found.
  public let description: String

  static func badTime(_ name: String, _ time: Duration, least: String) -> MeasuringError {
    MeasuringError(
      description: "measure: \(name) must be \(least) and no more than a day; got \(time)")
  }

  static func badBatches(_ count: Int) -> MeasuringError {
    MeasuringError(
      description:
        "measure: leastBatches must be from 1 to \(MeasuringOptions.mostBatches); got \(count)")
  }
}
