import Foundation
import Limits
import Martlet
import Measuring
import Workloads

/// Answers requests on standard input, so that a script can measure peers in turns with Martlet.
///
/// Each line of the input gets a line of JSON: `prepare NAME FOLDER` compiles and checks a workload, and leaves in
/// a folder what it makes of the inputs there; `sample SECONDS` times the calls of the one that is ready, as a
/// peer does; `contest SECONDS` measures it in turns with its limits, and `scaling SECONDS` on one thread in
/// turns with all.
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
        case ("prepare", let name?) where words.count == 3:
          // What the last workload held is free before the next one begins.
          ready = nil
          let workload = try Workload.named([name])[0]
          let contest = try workload.prepare(threads)
          try writeResults(of: workload, in: words[2])
          ready = (workload, contest)
          answer = .object([("compile_s", .number(contest.compileSeconds))])
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
        case ("scaling", let seconds?):
          guard let ready, let seconds = Double(seconds) else { throw BadRequest(line: line) }
          let (one, several) = try Scaling(threads: threads, seconds: seconds).timings(
            of: ready.workload)
          answer = .object([("one_s", .number(one.min)), ("several_s", .number(several.min))])
        default: throw BadRequest(line: line)
        }
      } catch {
        answer = .object([("error", .string("\(error)"))])
      }
      print(answer)
      fflush(nil)
    }
  }

  /// Writes what a workload makes of the inputs that a folder holds for all contestants.
  private func writeResults(of workload: Workload, in folder: String) throws {
    let inputs = try workload.inputs.indices.map {
      try NDArray(contentsOf: "\(folder)/in\($0).npy")
    }
    let results = try workload.function(threads: threads).call(with: inputs)
    for (number, result) in results.enumerated() {
      try result.write(to: "\(folder)/martlet\(number).npy")
    }
  }
}

/// What is thrown for a line that is no request.
private struct BadRequest: Error, CustomStringConvertible {
  let line: String

  var description: String {
    "scoreboard: '\(line)' is none of 'prepare NAME FOLDER', 'sample SECONDS', "
      + "'contest SECONDS' and 'scaling SECONDS'"
  }
}
