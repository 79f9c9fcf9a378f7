/// What a step of a plan took in all calls that were measured.
package struct StepTime: Hashable, Sendable {
  /// The time of all calls together, in seconds.
  package var seconds: Double
  /// The part of the time of the whole function, from 0 to 1.
  package var share: Double

  package init(seconds: Double, share: Double) {
    (self.seconds, self.share) = (seconds, share)
  }
}

extension StepTime {
  /// The time and the share as pictures show them: `2.3 µs, 54 %`.
  var text: String {
    let units: [(scale: Double, name: String)] = [(1, "s"), (1e3, "ms"), (1e6, "µs"), (1e9, "ns")]
    let unit = units.first { seconds * $0.scale >= 1 } ?? units[units.count - 1]
    let percent = Decimals.fixed(share * 100, digits: 0)
    return "\(Decimals.significant(seconds * unit.scale, digits: 3)) \(unit.name), \(percent) %"
  }
}
