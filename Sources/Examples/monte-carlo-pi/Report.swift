import Foundation
import Martlet

/// How measurements are printed.
struct Report {
  let points: Points
  let calls: Int

  /// A measurement in two lines for people.
  func text(_ measurement: Measurement) -> String {
    """
    π is about \(measurement.estimate), by \(points.count) \(points.xs.dtype) points
    \(counted(calls, "call")) on \(counted(measurement.threads, "thread")) with \
    \(counted(measurement.kernels, "kernel")): \(time(measurement.min)) at least, \
    \(time(measurement.median)) in the middle; \(time(measurement.compileSeconds)) to compile
    """
  }

  /// What stands over the rows of a table.
  let heading = "threads  estimate    compile         min      median"

  /// A measurement as a row of a table.
  func row(_ measurement: Measurement) -> String {
    let estimate = String(format: "%.6f", measurement.estimate)
    let times = [measurement.compileSeconds, measurement.min, measurement.median].map(time)
    return right("\(measurement.threads)", 7) + "  " + estimate
      + zip(times, [13, 12, 12]).map(right).joined()
  }

  /// A measurement as a line of JSON.
  func json(_ measurement: Measurement) -> String {
    """
    {"estimate": \(measurement.estimate), "samples": \(points.count), \
    "dtype": "\(points.xs.dtype)", "threads": \(measurement.threads), \
    "kernels": \(measurement.kernels), "seconds": {"compile": \(number(measurement.compileSeconds)), \
    "call": {"min": \(number(measurement.min)), "median": \(number(measurement.median))}}}
    """
  }

  private func number(_ seconds: Double) -> String { String(format: "%.4g", seconds) }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// Returns a time in the unit that suits it.
  private func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<1e-6: String(format: "%.1f ns", seconds * 1e9)
    case ..<1e-3: String(format: "%.2f µs", seconds * 1e6)
    case ..<1: String(format: "%.2f ms", seconds * 1e3)
    default: String(format: "%.3f s", seconds)
    }
  }
}
