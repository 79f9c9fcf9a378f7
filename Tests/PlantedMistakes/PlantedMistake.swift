import Martlet

/// A program that works on some arrays and not on others, because of one line of it.
///
/// The line is marked `// <- mistake`, with the program's name, and those that lead there with other
/// words. What is at fault shows only at the call: no length is known before.
struct PlantedMistake: Sendable {
  let name: String
  /// Makes the function; sessions have two threads.
  let function: @Sendable (Session) throws -> Function<NDArray>
  /// Arrays that it takes, with enough elements for both threads.
  let good: @Sendable () -> [NDArray]
  /// Arrays that it does not.
  let bad: @Sendable () -> [NDArray]

  /// Runs the function on both and returns the text of what it throws.
  func message() throws -> String {
    let function = try function(Session(threads: 2))  // <- run
    let before = try function.call(with: good())
    do {
      let result = try function.call(with: bad())
      return "no error, but \(result.shape)"
    } catch {
      // What was thrown leaves the function as it was.
      return try function.call(with: good()) == before ? "\(error)" : "other values than before"
    }
  }
}

/// `float32` numbers between 0 and 1.
func numbers(_ shape: Int...) -> NDArray { .uniform(0...1, .float32, shape: shape, seed: 1) }
