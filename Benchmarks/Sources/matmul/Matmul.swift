import ArgumentParser
import Foundation
import Limits
import Martlet
import Measuring
import Workloads

/// Times the product of two square matrices, as the matrix programs of Theano and TensorFlow do.
@main
struct Matmul: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Times a matrix product in Martlet beside the direct call of OpenBLAS.")

  @Option(help: "The rows and columns of both matrices.")
  var size = 5000

  @Option(help: "The type of the elements.")
  var dtype = Precision.float32

  @Option(help: "The threads that may work on one product.")
  var threads = 1

  @Option(help: "The seconds to go on for.")
  var seconds = 5.0

  @Flag(help: "Print one line of JSON.")
  var json = false

  func validate() throws {
    guard (1...30_000).contains(size) else {
      throw ValidationError("--size takes 1 to 30000; got \(size)")
    }
    guard (1...64).contains(threads) else {
      throw ValidationError("--threads takes 1 to 64; got \(threads)")
    }
    guard seconds > 0 else { throw ValidationError("--seconds takes a positive number") }
  }

  func run() throws {
    let contest = try Workload.matrixProduct("matmul", dtype.dtype, size).prepare(threads)
    let score = try contest.measured(Effort(seconds: seconds, leastSamples: 3))
    print(json ? jsonText(score) : text(score))
  }

  private func text(_ score: Score) -> String {
    """
    \(size) by \(size) \(dtype) on \(threads) \(threads == 1 ? "thread" : "threads"), \
    OpenBLAS with its \(DirectBLAS.core) kernels
    martlet  \(line(score.martlet))
    cblas    \(line(score.limit))
    ratio    \(String(format: "%.3f", score.ratio))
    """
  }

  private func line(_ timing: Timing) -> String {
    String(
      format: "%8.1f GFLOP/s   %.4g s at least, %.4g s in the middle",
      gigaflops(timing), timing.min, timing.median)
  }

  private func jsonText(_ score: Score) -> String {
    func figures(_ timing: Timing) -> JSONText {
      .object([
        ("gflops", .number(gigaflops(timing))), ("min_s", .number(timing.min)),
        ("median_s", .number(timing.median)),
      ])
    }
    return JSONText.object([
      ("size", .int(size)), ("dtype", .string(dtype.rawValue)), ("threads", .int(threads)),
      ("core", .string(DirectBLAS.core)), ("martlet", figures(score.martlet)),
      ("cblas", figures(score.limit)), ("ratio", .number(score.ratio)),
    ]).description
  }

  private func gigaflops(_ timing: Timing) -> Double { 2e-9 * pow(Double(size), 3) / timing.min }
}

/// The dtypes that OpenBLAS multiplies.
enum Precision: String, CaseIterable, ExpressibleByArgument {
  case float32, float64

  /// The dtype of that name.
  var dtype: DType {
    switch self {
    case .float32: .float32
    case .float64: .float64
    }
  }
}
