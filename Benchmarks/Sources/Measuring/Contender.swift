/// One way of doing a workload's work: Martlet's, or that of a limit.
public struct Contender {
  /// What the figures are those of, as the scoreboard's `what` says it.
  public let name: String

  /// Does the work as many times as it is told.
  public let run: (Int) throws -> Void

  /// What happens before the clock runs, such as waking threads.
  public let before: () throws -> Void

  /// What happens after it, such as letting them sleep.
  public let after: () -> Void

  /// Describes a contender.
  public init(
    _ name: String, before: @escaping () throws -> Void = {}, after: @escaping () -> Void = {},
    run: @escaping (Int) throws -> Void
  ) {
    self.name = name
    self.before = before
    self.after = after
    self.run = run
  }

  /// Runs `body` between `before` and `after`.
  public func inPlace<Result>(_ body: () throws -> Result) throws -> Result {
    try before()
    defer { after() }
    return try body()
  }
}
