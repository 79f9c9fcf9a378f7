import ArgumentParser
import Foundation

/// How the process ends when something was thrown.
enum Ending {
  /// The options or arguments make no sense: `EX_USAGE`, with which the parser ends too.
  static let misused: Int32 = 64

  /// The output could not be written: `EX_IOERR` of `sysexits.h`.
  static let unwritten: Int32 = 74

  /// Says what is to be said, and ends the process.
  static func end(with error: any Error) -> Never {
    if error is ClosedPipe { endByPipe() }
    let code = MartletTool.exitCode(for: error)
    if code.isSuccess {
      // Help and completion scripts are thrown.
      do {
        try StandardOutput.write(MartletTool.fullMessage(for: error))
      } catch {
        end(with: error)
      }
    } else if let text = text(error) {
      StandardError.write("martlet: \(text)\n")
    }
    exit((error as? CommandError)?.exitCode ?? code.rawValue)
  }

  /// What standard error is told; nil where all was said.
  static func text(_ error: any Error) -> String? {
    if error is ExitCode { return nil }
    guard MartletTool.exitCode(for: error) == .validationFailure else { return "\(error)" }
    // The parser adds the usage, of which the place to look is enough.
    let message = MartletTool.message(for: error)
    let line = message.split(separator: "\n").joined(separator: " ")
    let hint = MartletTool.fullMessage(for: error).firstMatch(of: /See '(.+?)'/)?.1
    return hint.map { "\(line); see '\($0)'" } ?? line
  }

  /// Ends as any program does that writes to a pipe which nobody reads any more, even where whoever
  /// started this one had that signal ignored.
  private static func endByPipe() -> Never {
    signal(SIGPIPE, SIG_DFL)
    raise(SIGPIPE)
    exit(unwritten)
  }
}
