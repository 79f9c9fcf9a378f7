import Foundation
import Measuring

/// A line of the scoreboard.
struct Row {
  let workload: String
  let threads: Int
  let compileSeconds: Double
  let score: Score

  /// The line for programs.
  var json: JSONText {
    .object([
      ("workload", .string(workload)),
      ("threads", .int(threads)),
      (
        "martlet",
        .object([
          ("min_s", .number(score.martlet.min)), ("median_s", .number(score.martlet.median)),
          ("compile_s", .number(compileSeconds)),
        ])
      ),
      (
        "limit",
        .object([
          ("what", .string(score.what)), ("min_s", .number(score.limit.min)),
          ("median_s", .number(score.limit.median)),
        ])
      ),
      ("ratio", .number(score.ratio)),
    ])
  }

  /// What stands over the lines for people.
  static let heading = line(
    "workload", "threads", "martlet", "median", "compile", "limit", "ratio", "what the limit is")

  /// The line for people.
  var text: String {
    Self.line(
      workload, "\(threads)", Self.time(score.martlet.min), Self.time(score.martlet.median),
      Self.time(compileSeconds), Self.time(score.limit.min), String(format: "%.3f", score.ratio),
      score.what)
  }

  private static func line(_ cells: String...) -> String {
    let widths = [25, -8, -10, -10, -10, -10, -8]
    let columns = zip(cells, widths).map { cell, width in
      let space = String(repeating: " ", count: max(0, abs(width) - cell.count))
      return width < 0 ? space + cell : cell + space
    }
    return columns.joined() + "  " + cells[widths.count]
  }

  /// Returns a time in the unit that suits it.
  private static func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<1e-6: String(format: "%.1f ns", seconds * 1e9)
    case ..<1e-3: String(format: "%.2f µs", seconds * 1e6)
    case ..<1: String(format: "%.2f ms", seconds * 1e3)
    default: String(format: "%.3f s", seconds)
    }
  }
}

/// The line of a workload that Martlet cannot compute, or computes wrongly.
struct FailedRow {
  let workload: String
  let threads: Int
  let error: String

  /// The line for programs.
  var json: JSONText {
    .object([
      ("workload", .string(workload)), ("threads", .int(threads)), ("error", .string(error)),
    ])
  }

  /// The line for people.
  var text: String { "\(workload): \(error)" }
}
