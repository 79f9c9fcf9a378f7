import ArgumentParser

/// The `martlet` command.
@main
struct MartletTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "martlet",
    abstract:
      "Computes with tensor expressions that are compiled, and tells how fast this machine is.",
    discussion: """
      Results go to standard output, progress and complaints to standard error. Colours and progress \
      show on a terminal only, and no colours where NO_COLOR is set.

      Exit codes: 0 all is well; 1 the work failed, or something is wrong; 64 the options make no \
      sense; 74 the output could not be written.

      'martlet --generate-completion-script bash' (or zsh, or fish) prints what a shell needs to \
      complete subcommands and options.
      """,
    subcommands: [Doctor.self, Pi.self, Matmul.self, Eval.self, Cache.self])

  /// Runs the command and ends the process, with one line on standard error where anything is wrong.
  static func main() {
    StandardOutput.prepare()
    do {
      try checkSubcommand(CommandLine.arguments.dropFirst().first)
      var command = try parseAsRoot(Eval.protected(Array(CommandLine.arguments.dropFirst())))
      try command.run()
    } catch {
      Ending.end(with: error)
    }
  }

  /// Refuses a word that is no subcommand, of which the parser only says that it did not expect it.
  private static func checkSubcommand(_ word: String?) throws {
    let known = configuration.subcommands.map { $0._commandName }
    // The parser has these by itself.
    let hidden = ["help", "---completion"]
    guard let word, !word.hasPrefix("-"), !(known + hidden).contains(word) else { return }
    throw CommandError.noSubcommand(word, known: known)
  }
}
