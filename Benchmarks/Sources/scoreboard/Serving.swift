import Foundation
import Limits
import Measuring
import Workloads

/// Answers requests on standard input, so that a script can measure peers in turns with Martlet.
///
/// Each line of the input gets a line of JSON: `prepare NAME` compiles and checks a workload, `sample
/// SECONDS` times the calls of the one that is ready, as a peer does, and `contest SECONDS` measures
/// it in turns with its limits.
struct Serving {
  let threads: Int

  /// Answers until the input ends.
  func run() {
    var ready: (workload: Workload, contest: Contest)?
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      let answer: JSONText
      do {
        switch (words.first, words.dropFirst().first) {
        case ("prepare", let name?):
          // What the last workload held is free before the next one begins.
          ready = nil
          let workload = try Workload.named([name])[0]
          ready = (workload, try workload.prepare(threads))
          answer = .object([("compile_s", .number(ready?.contest.compileSeconds ?? 0))])
        case ("sample", let seconds?):
          guard let ready, let seconds = Double(seconds) else { throw BadRequest(line: line) }
          let times = try alone(ready.contest.martlet, effort: Effort(seconds: seconds))
          answer = .object([("times", .array(times.map { .number($0) }))])
        case ("contest", let seconds?):
          guard let ready, let seconds = Double(seconds) else { throw BadRequest(line: line) }
          answer =
            Row(
              workload: ready.workload.name, threads: threads,
              compileSeconds: ready.contest.compileSeconds,
              score: try ready.contest.measured(Effort(seconds: seconds, leastSamples: 7))
            ).json
        default: throw BadRequest(line: line)
        }
      } catch {
        answer = .object([("error", .string("\(error)"))])
      }
      print(answer)
      fflush(nil)
    }
  }
}

/// What is thrown for a line that is no request.
private struct BadRequest: Error, CustomStringConvertible {
  let line: String

  var description: String {
    "scoreboard: '\(line)' is none of 'prepare NAME', 'sample SECONDS' "
      + "and 'contest SECONDS'"
  }
}
