/// The rate of `TickClock`, compared with the system's clock over as long as the process records.
///
/// What the processor declares, or a measurement of 20 µs that something may have interrupted, can be
/// wrong by more than a profile may be altogether.
package enum ProfileClock {
  private static let origin = Reading()

  /// Begins to compare; returns the tick from which traces count.
  @discardableResult
  package static func start() -> UInt64 { origin.ticks }

  /// How many nanoseconds a tick has, as far as is known now.
  package static func nanosecondsPerTick() -> Double {
    var now = Reading()
    while now.nanoseconds - origin.nanoseconds < leastNanoseconds { now = Reading() }
    let rate = now.nanosecondsPerTick(since: origin)
    // The counter may have jumped meanwhile, as between the hosts of a moving machine.
    let guess = 1 / TickClock.ticksPerNanosecond
    if abs(rate / guess - 1) < 0.02 { return rate }
    var later = Reading()
    while later.nanoseconds - now.nanoseconds < leastNanoseconds { later = Reading() }
    let fresh = later.nanosecondsPerTick(since: now)
    return abs(rate / fresh - 1) < 0.01 ? rate : fresh
  }

  /// A reading of both clocks takes a microsecond at most, a five-thousandth of this.
  private static let leastNanoseconds: UInt64 = 5_000_000

  /// Both clocks at one time.
  private struct Reading {
    private(set) var ticks: UInt64 = 0, nanoseconds: UInt64 = 0

    /// Reads them until nothing comes between.
    init() {
      for _ in 0..<100 {
        let before = TickClock.now()
        nanoseconds = TickClock.systemNanoseconds()
        let after = TickClock.now()
        ticks = before / 2 + after / 2
        if Double(TickClock.ticks(from: before, to: after)) < 1000 * TickClock.ticksPerNanosecond {
          return
        }
      }
    }

    func nanosecondsPerTick(since start: Reading) -> Double {
      Double(nanoseconds - start.nanoseconds)
        / max(Double(TickClock.ticks(from: start.ticks, to: ticks)), 1)
    }
  }
}
