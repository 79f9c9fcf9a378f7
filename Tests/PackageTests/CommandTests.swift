import Foundation
import Testing

/// The `martlet` command, run as a process.
@Suite struct CommandTests {
  private static let martlet = Repository.program("martlet")

  private func run(
    _ arguments: String..., environment: [String: String] = [:]
  ) throws -> Outcome {
    try Shell.run(Self.martlet, arguments, environment: environment)
  }

  private struct Diagnosis: Decodable {
    struct Finding: Decodable {
      let severity: String
      let text: String
      let mend: String?
    }

    struct Limits: Decodable {
      struct Memory: Decodable {
        let place: String
        let read: Double, copy: Double, write: Double
      }
      let memory: [Memory]
    }

    let findings: [Finding]
    let limits: Limits?
  }

  @Test("The doctor's JSON is one line; the exit code says whether something is wrong")
  func doctor() throws {
    let outcome = try run("doctor", "--json")
    #expect(outcome.output.split(separator: "\n").count == 1 && outcome.errors == "")
    let diagnosis = try JSONDecoder().decode(Diagnosis.self, from: Data(outcome.output.utf8))
    #expect(outcome.status == (diagnosis.findings.contains { $0.severity == "wrong" } ? 1 : 0))
    let memory = try #require(diagnosis.limits?.memory)
    #expect(memory.contains { $0.place == "memory" })
    #expect(memory.allSatisfy { min($0.read, $0.copy, $0.write) > 0 })
  }

  @Test(
    "Without LLVM the doctor says so, measures by other loops, and names the line that mends it")
  func withoutLLVM() throws {
    let outcome = try run("doctor", environment: ["MARTLET_LLVM": "none"])
    #expect(outcome.status == 1 && outcome.errors == "")
    #expect(outcome.output.contains("\nLLVM       none\n"))
    #expect(outcome.output.contains("limits, measured by plain Swift loops"))
    #expect(outcome.output.contains("\n  unset MARTLET_LLVM\n"))
  }

  @Test("A cache that cannot be written is wrong")
  func cacheNotWritable() throws {
    let outcome = try run("doctor", "--quick", environment: ["MARTLET_CACHE": "/dev/null/cache"])
    #expect(outcome.status == 1)
    #expect(
      outcome.output.contains(
        "the cache in '/dev/null/cache' cannot be used: it is not there and cannot be made"))
  }

  @Test(
    "Arguments that make no sense are refused in one line, with exit code 64",
    arguments: [
      (["docto"], "martlet: there is no subcommand 'docto'; did you mean 'doctor'?"),
      (
        ["frobnicate"],
        "martlet: there is no subcommand 'frobnicate'; there are doctor, pi, matmul, eval, cache"
      ),
      (["doctor", "--fast"], "martlet: Unknown option '--fast'"),
      (["doctor", "x"], "martlet: Unexpected argument 'x'; see 'martlet doctor --help'"),
    ])
  func badArguments(arguments: [String], message: String) throws {
    let outcome = try Shell.run(Self.martlet, arguments)
    #expect(outcome.status == 64 && outcome.output == "")
    #expect(outcome.errors.hasPrefix(message), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }

  @Test("A disk that is full ends in one line", arguments: ["--help", "doctor --quick"])
  func fullDisk(arguments: String) throws {
    let outcome = try Shell.run("sh", ["-c", "'\(Self.martlet)' \(arguments) >/dev/full"])
    #expect(outcome.status == 74)
    #expect(
      outcome.errors == "martlet: standard output: cannot be written; no space left on device\n")
  }

  @Test(
    "A standard error that is full, closed or not read any more changes no exit code",
    arguments: [
      ("eval 1", 0), ("eval 'x +'", 1), ("eval x -i x=/nowhere.npy", 1), ("docto", 64),
      ("eval", 64), ("--help >/dev/full", 74),
    ])
  func unheard(arguments: String, status: Int32) throws {
    let call = "'\(Self.martlet)' >/dev/null \(arguments)"
    for script in [
      "\(call) 2>/dev/full; echo $?", "\(call) 2>&-; echo $?",
      "\(Self.unreadPipe)\(call) 2>&6; echo $?",
    ] {
      let outcome = try Shell.run("sh", ["-c", script])
      #expect(outcome.output == "\(status)\n" && outcome.errors == "", "\(script)")
    }
  }

  @Test("Nobody who reads any more ends it without a word, even where the signal is ignored")
  func closedPipe() throws {
    for trap in ["", "trap '' PIPE; "] {
      let script = "\(trap)\(Self.unreadPipe)'\(Self.martlet)' --help >&6; echo $?"
      let outcome = try Shell.run("sh", ["-c", script])
      #expect(outcome.output == "141\n" && outcome.errors == "")
    }
  }

  /// What a shell does to have a pipe that nobody reads any more as descriptor 6.
  private static let unreadPipe =
    "folder=$(mktemp -d); mkfifo $folder/pipe; exec 5<>$folder/pipe 6>$folder/pipe 5<&-; "
    + "rm -r $folder; "

  @Test("Colours show on a terminal, but not where NO_COLOR is set, nor in a file")
  func colors() throws {
    func hasColors(_ environment: [String: String]) throws -> Bool {
      let environment = ["TERM": "xterm", "NO_COLOR": ""].merging(environment) { $1 }
      return try Terminal.output(of: Self.martlet, ["doctor", "--quick"], environment)
        .contains("\u{1B}[")
    }
    #expect(try hasColors([:]))
    #expect(try !hasColors(["NO_COLOR": "1"]))
    #expect(try !hasColors(["TERM": "dumb"]))
    #expect(
      try !run("doctor", "--quick", environment: ["TERM": "xterm"]).output.contains("\u{1B}["))
  }
}
