import ArgumentParser
import CPUBackend
import Martlet

/// Whole numbers from 1, written `1,2,4`.
struct Numbers: ExpressibleByArgument, CustomStringConvertible, Equatable {
  let values: [Int]

  init(_ values: [Int]) { self.values = values }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    values = parts.compactMap { Int($0) }
    if values.count != parts.count || values.isEmpty { return nil }
  }

  var description: String { values.map(String.init).joined(separator: ",") }

  /// Refuses numbers of threads that no call can use.
  func checkThreads() throws { try check("--threads", atMost: ThreadBudget.maximum) }

  /// Refuses numbers that are out of bounds.
  func check(_ option: String, atMost most: Int) throws {
    guard let bad = values.first(where: { !(1...most).contains($0) }) else { return }
    let limit = most == .max ? "" : " to \(most)"
    throw ValidationError("\(option) takes whole numbers from 1\(limit); got \(bad)")
  }
}

/// The dtypes that floats may have.
enum Precision: String, CaseIterable, ExpressibleByArgument {
  case float32, float64

  /// The dtype of that name.
  var dtype: DType { self == .float32 ? .float32 : .float64 }
}

/// What all sweeps over sizes and threads take.
struct SweepOptions: ParsableArguments {
  @Option(help: "The threads that may work on a call, as in 1,2,4; else powers of 2 and all cores.")
  var threads: Numbers?

  @Option(help: "The seconds to measure each row for.")
  var seconds = 0.3

  @Option(help: "A file for a plot of the times over the threads, as SVG.", completion: .file())
  var svg: String?

  @Flag(help: "Print one line of JSON; times are in seconds, rates in units a second.")
  var json = false

  func validate() throws {
    try threads?.checkThreads()
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds takes a number above 0 and up to 3600; got \(seconds)")
    }
  }

  /// The numbers of threads to try.
  var threadCounts: [Int] { threads?.values ?? Self.standardThreads }

  /// How long each row is measured.
  var measuring: MeasuringOptions {
    MeasuringOptions(
      budget: .seconds(seconds), warmUp: .seconds(seconds / 10), leastBatches: 3)
  }

  /// 1, 2, 4 and so on, and the number of cores.
  static var standardThreads: [Int] {
    let cores = ThreadBudget.availableCores
    return sequence(first: 1) { $0 * 2 }.prefix { $0 < cores } + [cores]
  }
}
