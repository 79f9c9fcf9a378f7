import Foundation

/// Numbers with units that suit them.
enum Units {
  /// A time, as `2.01 µs`.
  static func time(_ seconds: Double) -> String {
    switch abs(seconds) {
    case ..<1e-6: String(format: "%.1f ns", seconds * 1e9)
    case ..<1e-3: String(format: "%.2f µs", seconds * 1e6)
    case ..<1: String(format: "%.2f ms", seconds * 1e3)
    default: String(format: "%.3f s", seconds)
    }
  }

  /// A size in memory, as `48 KiB`.
  static func bytes(_ count: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var (value, unit) = (Double(count), 0)
    while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
    let isWhole = value == value.rounded() || value >= 100 || unit == 0
    return String(format: isWhole ? "%.0f " : "%.1f ", value) + units[unit]
  }

  /// A rate in billions a second.
  static func billions(_ rate: Double) -> String { String(format: "%.1f", rate / 1e9) }

  /// A number with so many digits behind the point.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// A share, as `97 %`.
  static func percent(_ share: Double) -> String { String(format: "%.0f %%", share * 100) }

  /// A number of things, as `1 file` and `2 files`.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
