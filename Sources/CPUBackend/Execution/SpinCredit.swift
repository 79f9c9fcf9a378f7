/// How long workers may spin: not longer than the work that came before, whose account this is.
struct SpinCredit {
  private var nanoseconds = 0.0
  private var busyUntil: UInt64 = 0
  private let ticksPerNanosecond = TickClock.ticksPerNanosecond

  /// Counts a loop of `estimate` nanoseconds that starts now, and returns what has been earned
  /// since loops began to come in quick succession.
  mutating func note(_ estimate: Double) -> Double {
    let now = TickClock.now()
    let gap = now > busyUntil ? Double(now - busyUntil) / ticksPerNanosecond : 0
    // A gap takes half of its length: a loop saves half of its time, and often as much again passes
    // in the caller before the next.
    let left = gap > LoopCost.longestSpin ? 0 : max(0, nanoseconds - gap / 2)
    nanoseconds = min(left + estimate, 2 * LoopCost.longestPatience)
    busyUntil = now &+ UInt64(min(estimate, LoopCost.longestSpin) * ticksPerNanosecond)
    return nanoseconds
  }

  /// Corrects the time at which the loop ended, where an error of the estimate would matter.
  mutating func close(after estimate: Double) {
    if estimate > LoopCost.longestSpin / 5 { busyUntil = TickClock.now() }
  }
}
