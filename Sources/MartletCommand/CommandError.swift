import Expressions
import Foundation

/// Why a command did not do what it was asked for.
struct CommandError: Error, CustomStringConvertible {
  /// One phrase, then notes, indented.
  let description: String
  /// What the process ends with.
  let exitCode: Int32

  init(_ message: String, notes: [String] = [], exitCode: Int32 = 1) {
    description = ([message] + notes.map { "  " + $0 }).joined(separator: "\n")
    self.exitCode = exitCode
  }
}

extension CommandError {
  static func noSubcommand(_ word: String, known: [String]) -> CommandError {
    let hint =
      NearestName.note(word, among: known).first ?? "there are \(known.joined(separator: ", "))"
    return CommandError("there is no subcommand '\(word)'; \(hint)", exitCode: Ending.misused)
  }

  static let cacheOff = CommandError("the cache is off; MARTLET_CACHE names a folder for it")

  static func cannotRemove(_ path: String, _ reason: String) -> CommandError {
    CommandError("\(path): cannot be removed; \(reason)")
  }

  static func cannotPrint(_ reason: String) -> CommandError {
    CommandError(
      "standard output: cannot be written; \(reason)", exitCode: Ending.unwritten)
  }
}

/// What is thrown when nobody reads the output any more.
struct ClosedPipe: Error {}
