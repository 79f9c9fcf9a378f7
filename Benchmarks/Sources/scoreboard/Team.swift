import CLimits
import Measuring

/// Runs `body` while the limits' threads are awake.
///
/// - Throws: `NoThreads` when the system gives none.
func withTeam(of threads: Int, _ body: () throws -> Void) throws {
  let error = limit_team_wake(Int32(threads))
  guard error == 0 else { throw NoThreads(threads: threads, error: error) }
  defer { limit_team_rest() }
  try body()
}

/// What is thrown when the limits' threads cannot be had.
struct NoThreads: Error, CustomStringConvertible {
  let threads: Int
  let error: Int32

  var description: String { "scoreboard: cannot start \(threads) threads; error \(error)" }
}
