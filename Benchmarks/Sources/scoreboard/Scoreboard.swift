import ArgumentParser
import Foundation
import Limits
import Measuring
import Workloads

/// Measures workloads in Martlet and by hand, in turns in one process.
@main
struct Scoreboard: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures Martlet beside hand-written C and direct calls of OpenBLAS.")

  @Option(name: .long, help: "A workload's name, a prefix with *, or all; may be repeated.")
  var workload: [String] = ["all"]

  @Option(help: "The threads that may work on one call.")
  var threads = 1

  @Option(help: "The seconds to spend on each workload.")
  var seconds = 2.0

  @Option(help: "The seconds to wait for other processes to be quiet before each workload.")
  var patience = 5.0

  @Flag(help: "Print one line of JSON for each workload.")
  var json = false

  @Flag(help: "Compare the shares of the limit that profiles tell with measured ones.")
  var shares = false

  @Flag(help: "Compare Martlet on one thread with Martlet on so many.")
  var scaling = false

  @Flag(help: "Answer the requests of the script that measures peers on standard input.")
  var serve = false

  func validate() throws {
    guard (1...64).contains(threads) else {
      throw ValidationError("--threads takes 1 to 64; got \(threads)")
    }
    guard !scaling || threads > 1 else {
      throw ValidationError("--scaling takes --threads from 2")
    }
    guard !json || !(scaling || shares) else {
      throw ValidationError("--json is for the scoreboard's own rows")
    }
    guard seconds > 0 else { throw ValidationError("--seconds takes a positive number") }
    guard patience >= 0 else { throw ValidationError("--patience takes a number from 0") }
  }

  func run() throws {
    if serve { return Serving(threads: threads).run() }
    if shares { return try Shares(threads: threads, seconds: seconds).run() }
    if scaling {
      return try Scaling(threads: threads, seconds: seconds).run(
        Workload.named(workload), waiting: patience)
    }
    if !json { print(Row.heading) }
    var failed = false
    for workload in try Workload.named(workload) {
      do {
        let row = try measured(workload)
        print(json ? row.json.description : row.text)
      } catch {
        failed = true
        let row = FailedRow(workload: workload.name, threads: threads, error: "\(error)")
        print(json ? row.json.description : row.text)
      }
      // A pipe's reader has the line while the next workload runs.
      fflush(nil)
    }
    if failed { throw ExitCode.failure }
  }

  private func measured(_ workload: Workload) throws -> Row {
    let contest = try workload.prepare(threads)
    Quiet.wait(atMost: patience)
    return Row(
      workload: workload.name, threads: threads, compileSeconds: contest.compileSeconds,
      score: try contest.measured(Effort(seconds: seconds, leastSamples: 7)))
  }
}
