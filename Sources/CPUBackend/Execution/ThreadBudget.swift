import CProcessor
import Glibc

/// How many threads a loop may use at most, its caller included.
package struct ThreadBudget: Sendable, Equatable {
  package let threads: Int

  /// A budget of `threads`, brought into `1...maximum`.
  package init(threads: Int) {
    self.threads = min(max(threads, 1), Self.maximum)
  }

  /// The most threads that one loop can use.
  package static let maximum = 256

  /// The cores this process may use: its affinity mask, cut by the CPU quota of its control groups.
  package static let availableCores = min(
    max(1, Int(processor_usable_count())), CPUQuota.cores() ?? .max)

  /// What a process gets that asks for nothing: `MARTLET_NUM_THREADS`, else `OMP_NUM_THREADS`, else
  /// the available cores. A value that makes no sense is reported on the first use and skipped.
  package static let standard: ThreadBudget = {
    let (budget, complaints) = resolve(cores: availableCores) { name in
      getenv(name).map { String(cString: $0) }
    }
    for complaint in complaints { writeToStandardError(complaint + "\n") }
    return budget
  }()

  /// Returns the budget that `environment` asks for, and a sentence for each value that was
  /// skipped.
  static func resolve(
    cores: Int, environment: (String) -> String?
  ) -> (budget: ThreadBudget, complaints: [String]) {
    var complaints: [String] = []
    for name in variables {
      guard let text = environment(name), !text.isEmpty else { continue }
      if let threads = threadCount(text) { return (ThreadBudget(threads: threads), complaints) }
      complaints.append(
        "martlet: \(name) takes a whole number from 1 to \(maximum); got '\(text)', which is ignored"
      )
    }
    return (ThreadBudget(threads: cores), complaints)
  }

  /// The variables that set the budget, the first one first.
  private static let variables = ["MARTLET_NUM_THREADS", "OMP_NUM_THREADS"]

  /// Returns the name of the variable that sets the budget, if one does.
  static func deciding(environment: (String) -> String?) -> String? {
    variables.first { name in environment(name).flatMap(threadCount) != nil }
  }

  /// Reads `4`, or the first number of `4,2,1`, which OpenMP defines as one number per nesting
  /// level.
  private static func threadCount(_ text: String) -> Int? {
    let first = text.split(separator: ",", omittingEmptySubsequences: false)[0]
    guard let value = Int(first.trimmed), (1...maximum).contains(value) else { return nil }
    return value
  }
}

/// Writes `text` to the standard error stream, past any buffer.
func writeToStandardError(_ text: String) {
  var text = text
  text.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

extension Substring {
  /// The text without spaces and tabs at either end.
  fileprivate var trimmed: Substring {
    var text = self
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text.drop(while: \.isWhitespace)
  }
}
