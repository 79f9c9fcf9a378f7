import CProcessor
import Glibc

/// How the thread budget of this process came about.
package struct ThreadReport: Sendable, Equatable {
  /// The cores in the process's affinity mask.
  package let affinity: Int
  /// The cores that the control groups grant; nil where they set no limit.
  package let quota: Int?
  /// The threads that a call may use unless its session says otherwise.
  package let budget: Int
  /// The variable that decided, if one did.
  package let variable: Variable?

  /// A variable of the environment.
  package struct Variable: Sendable, Equatable {
    package let name: String
    package let value: String
  }

  /// Asks the system and the environment.
  package static func make() -> ThreadReport {
    let environment = { (name: String) in getenv(name).map { String(cString: $0) } }
    return ThreadReport(
      affinity: max(1, Int(processor_usable_count())), quota: CPUQuota.cores(),
      budget: ThreadBudget.standard.threads,
      variable: ThreadBudget.deciding(environment: environment).map { name in
        Variable(name: name, value: environment(name) ?? "")
      })
  }
}
