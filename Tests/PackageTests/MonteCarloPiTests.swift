import Foundation
import Testing

/// The example program, run as a process.
@Suite struct MonteCarloPiTests {
  private func run(
    _ arguments: String..., environment: [String: String] = [:]
  ) throws -> Outcome {
    try Shell.run(Repository.program("monte-carlo-pi"), arguments, environment: environment)
  }

  /// What the program promises to print with `--json`.
  private struct Line: Decodable {
    let estimate: Double
    let samples: Int
    let dtype: String
    let threads: Int
    let kernels: Int
    let seconds: Seconds

    struct Seconds: Decodable {
      let compile: Double
      let call: Call
    }

    struct Call: Decodable {
      let min: Double
      let median: Double
    }
  }

  private func lines(_ outcome: Outcome) throws -> [Line] {
    try outcome.output.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
  }

  @Test(
    "Every variant estimates π with one kernel",
    arguments: ["float32", "float64"], ["int32", "int64"])
  func variants(dtype: String, hits: String) throws {
    for style in ["function", "session"] {
      let outcome = try run(
        "--samples", "100000", "--calls", "3", "--seed", "7", "--threads", "2", "--json",
        "--dtype", dtype, "--hits", hits, "--style", style)
      let line = try #require(try lines(outcome).first, "\(outcome.errors)")
      #expect(outcome.status == 0)
      #expect(abs(line.estimate - Double.pi) < 0.02)
      #expect(line.samples == 100_000 && line.dtype == dtype && line.threads == 2)
      #expect(line.kernels == 1)
      #expect(line.seconds.call.min > 0 && line.seconds.call.min <= line.seconds.call.median)
    }
  }

  @Test("A sweep gives the same bits for every number of threads")
  func sweep() throws {
    let outcome = try run(
      "--samples", "1000003", "--calls", "2", "--seed", "1", "--threads", "1,2,3,7", "--json")
    let lines = try lines(outcome)
    #expect(lines.map(\.threads) == [1, 2, 3, 7])
    #expect(Set(lines.map(\.estimate)).count == 1)
  }

  @Test("A sweep without JSON is a table, and no progress shows in a file")
  func table() throws {
    let outcome = try run("--samples", "1000", "--calls", "10", "--threads", "1,2")
    #expect(outcome.status == 0)
    #expect(outcome.output.split(separator: "\n").count == 3)
    #expect(outcome.output.hasPrefix("threads  estimate"))
    #expect(outcome.errors == "")
  }

  @Test(
    "Options that make no sense are refused in words",
    arguments: [
      (["--samples", "0"], "--samples takes a number from 1; got 0"),
      (["--samples=-5"], "--samples takes a number from 1; got -5"),
      (["--calls", "0"], "--calls takes a number from 1; got 0"),
      (["--samples", "99999999999999999999"], "'99999999999999999999' is invalid for '--samples"),
      (["--dtype", "float16"], "'float16' is invalid for '--dtype"),
      (["--threads", "1,,2"], "'1,,2' is invalid for '--threads"),
      (["--threads", "0"], "'0' is invalid for '--threads"),
      (["--hits", "int8"], "'int8' is invalid for '--hits"),
      (["--seed", "-1"], "'--seed"),
      (["--samples", "1000000000000000"], "uniform: "),
      (["--samples", "9223372036854775807"], "uniform: "),
    ])
  func badOptions(arguments: [String], message: String) throws {
    let outcome = try Shell.run(Repository.program("monte-carlo-pi"), arguments)
    #expect(outcome.status > 0 && outcome.status < 128)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test("A terminal that is gone while progress shows is no reason to stop", .tags(.slow))
  func goneTerminal() throws {
    let program = Repository.program("monte-carlo-pi")
    // Progress shows after a second.
    let arguments = ["--samples", "300000", "--calls", "10000", "--threads", "1"]
    #expect(try Terminal.statusWithoutErrors(of: program, arguments) == 0)
  }

  @Test("A level of MARTLET_DEBUG that is none is told of in one line")
  func badLevel() throws {
    let outcome = try run(
      "--samples", "1000", "--calls", "3", "--seed", "7", environment: ["MARTLET_DEBUG": "abc"])
    #expect(outcome.status == 0)
    #expect(
      outcome.errors
        == "martlet: MARTLET_DEBUG takes a level from 0 to 5; got 'abc', which is ignored\n")
  }

  @Test("Without LLVM the example still runs, and says so once")
  func withoutLLVM() throws {
    let outcome = try run(
      "--samples", "1000", "--calls", "3", "--seed", "7", "--json",
      environment: ["MARTLET_LLVM": "none"])
    #expect(outcome.status == 0)
    #expect(abs(try #require(try lines(outcome).first).estimate - Double.pi) < 0.2)
    #expect(
      outcome.errors == """
        martlet: llvm: MARTLET_LLVM is 'none', so no library is opened; functions run on the \
        reference back end, which is slow

        """)
  }
}
