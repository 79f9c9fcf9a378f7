import ArgumentParser
import TestSupport
import Testing

@testable import MartletCommand

/// What `--help` prints, as a whole.
@Suite struct HelpTests {
  /// Every subcommand, with the words that lead to it.
  private static func commands(
    _ command: any ParsableCommand.Type = MartletTool.self, _ path: [String] = ["martlet"]
  ) -> [(name: String, type: any ParsableCommand.Type)] {
    [(path.joined(separator: "-"), command)]
      + command.configuration.subcommands.flatMap { subcommand in
        commands(subcommand, path + [subcommand._commandName])
      }
  }

  @Test("Every subcommand's help is the golden one")
  func help() throws {
    for (name, type) in Self.commands() {
      try expectGolden(MartletTool.helpMessage(for: type, columns: 80), "help-\(name)")
    }
  }

  @Test("Every subcommand has examples, which the parser takes")
  func examples() throws {
    for (name, type) in Self.commands() where type.configuration.subcommands.isEmpty {
      let lines = type.configuration.discussion.split(separator: "\n")
        .drop { $0 != "Examples:" }.dropFirst()
      #expect(!lines.isEmpty, "\(name)")
      for line in lines {
        #expect(line.contains("martlet "), "\(line)")
        // Quotes and substitutions are the shell's business.
        guard line.drop(while: { $0 == " " }).hasPrefix("martlet "), !line.contains("\"") else {
          continue
        }
        let words = line.prefix { $0 != "|" && $0 != ">" }.split(separator: " ").map(String.init)
        #expect(throws: Never.self, "\(line)") {
          _ = try MartletTool.parseAsRoot(Array(words.dropFirst()))
        }
      }
    }
  }

  @Test("Completion scripts know every subcommand", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let script = try #require(
      CompletionShell(rawValue: shell).map { MartletTool.completionScript(for: $0) })
    for (name, _) in Self.commands() {
      let word = name.split(separator: "-").last ?? ""
      #expect(script.contains(word), "\(name)")
    }
  }
}
