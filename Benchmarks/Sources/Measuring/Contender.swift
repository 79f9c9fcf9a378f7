/// One way of doing a workload's work: Martlet's, or that of a limit.
public struct Contender {
  /// What the figures are those of, as the scoreboard's `what` says it.
  public let name: String

  /// Does the work as many times as it is told.
  public let run: (Int) throws -> Void

  /// What happens before and after the clock runs, such as waking threads and letting them sleep.
  public let around: (() throws -> Void) throws -> Void

  /// Describes a contender.
  public init(
    _ name: String, around: @escaping (() throws -> Void) throws -> Void = { try $0() },
    run: @escaping (Int) throws -> Void
  ) {
    self.name = name
    self.around = around
    self.run = run
  }
}
