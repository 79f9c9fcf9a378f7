import CLimits
import Measuring

/// The threads that the limits run on.
enum Team {
  /// Wakes threads, which then spin for work.
  ///
  /// - Throws: `NoThreads` when the system gives none.
  static func wake(_ threads: Int) throws {
    let error = limit_team_wake(Int32(threads))
    if error != 0 { throw NoThreads(threads: threads, error: error) }
  }

  /// Lets them sleep.
  static func rest() { limit_team_rest() }
}

/// What is thrown when the limits' threads cannot be had.
struct NoThreads: Error, CustomStringConvertible {
  let threads: Int
  let error: Int32

  var description: String { "scoreboard: cannot start \(threads) threads; error \(error)" }
}
