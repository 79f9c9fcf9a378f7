import ArgumentParser
import Foundation
import Martlet
import Measuring

/// Times what happens between an expression and its first result.
@main
struct Compilation: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Times the compilation of many kernels, of a large graph, and of the π program.",
    discussion: "OpenBLAS is not involved; LLVM is opened once, by the first row of a process.")

  @Option(help: "How many kernels the first row compiles.")
  var kernels = 1000

  @Option(help: "How many operations the graph of the second row has.")
  var nodes = 100_000

  @Flag(help: "Print one line of JSON for each row.")
  var json = false

  @Flag(help: .private)
  var onlyPi = false

  func validate() throws {
    guard (1...100_000).contains(kernels) else {
      throw ValidationError("--kernels takes 1 to 100000; got \(kernels)")
    }
    guard (1...1_000_000).contains(nodes) else {
      throw ValidationError("--nodes takes 1 to 1000000; got \(nodes)")
    }
  }

  func run() throws {
    if onlyPi { return print(try Self.pi()) }
    // The other rows must not find kernels of an earlier run, nor leave theirs behind.
    setenv("MARTLET_CACHE", "off", 1)
    for (kind, operations) in [("arithmetic", Self.arithmetic), ("functions", Self.functions)] {
      try show(
        "\(kernels) kernels of \(kind)", Self.seconds(toCompile: kernels, of: operations))
    }
    try show("\(nodes) operations to a plan", Self.seconds(toPlan: nodes))
    let folder = FileManager.default.temporaryDirectory.appending(component: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try show("pi in a new process", Self.secondsOfNewProcess(cache: folder.path))
    let kept = try (0..<5).map { _ in try Self.secondsOfNewProcess(cache: folder.path) }
    show("pi in a new process, kept kernels", kept.min() ?? .infinity)
  }

  private func show(_ row: String, _ seconds: Double) {
    if json {
      let line = JSONText.object([("row", .string(row)), ("seconds", .number(seconds))])
      return print(line.description)
    }
    let name = row.padding(toLength: 36, withPad: " ", startingAt: 0)
    print(name + String(format: "%10.2f ms", 1e3 * seconds))
  }
}

// MARK: - The rows

extension Compilation {
  private typealias Operation = @Sendable (Tensor) -> Tensor

  /// What is an instruction or two.
  private static let arithmetic: [Operation] = [
    { sqrt($0) }, { abs($0) }, { floor($0) }, { ceil($0) }, { 1 / $0 }, { $0 * $0 }, { -$0 },
    { max($0, 3) }, { min($0, 5) }, { `where`($0 .> 2, $0, 2) },
  ]

  /// What is dozens of instructions, or a hundred.
  private static let functions: [Operation] = [
    { exp($0) }, { tanh($0) }, { log($0) }, { sin($0) }, { cos($0) }, { expm1($0) }, { log1p($0) },
    { sigmoid($0) }, { erf($0) }, { softplus($0) },
  ]

  /// Compiles a function that is so many kernels, no two of them alike, of three `operations` each, and
  /// calls it. A fourth of them are sums.
  private static func seconds(toCompile count: Int, of operations: [Operation]) throws -> Double {
    let inputs = (0..<count).map { Tensor.vector("x\($0)") }
    let outputs = inputs.enumerated().map { number, x in
      let shift = Tensor.constant(NDArray(scalar: Scalar(Double(number))))
      let chosen = [1, 10, 100].map { operations[number / $0 % operations.count] }
      let value = chosen[0](x) * chosen[1](x + shift) + chosen[2](x)
      return number % 4 == 0 ? value.sum() : value
    }
    let array = NDArray.ones(shape: [8])
    let arrays = [NDArray](repeating: array, count: count)
    return try Measuring.seconds {
      let function = try Function(inputs, outputs)
      guard function.kernelCount == count else { throw WrongCount(count: function.kernelCount) }
      _ = try function.call(with: arrays)
    }
  }

  /// Optimises and schedules a graph of so many operations: a chain in which each hundredth subtracts
  /// the largest element of what came before.
  private static func seconds(toPlan count: Int) throws -> Double {
    let x = Tensor.vector("x"), y = Tensor.vector("y")
    var value = x
    for number in 0..<count {
      value =
        number % 100 == 99 ? value - value.max() : number % 2 == 0 ? value * y : value + x
    }
    return try Measuring.seconds { _ = try Function([x, y], value) }
  }

  /// The seconds from the expression of the π program to its first result.
  private static func pi() throws -> Double {
    let xs = NDArray.uniform(-1...1, shape: [30_000], seed: 1)
    let ys = NDArray.uniform(-1...1, shape: [30_000], seed: 2)
    return try Measuring.seconds {
      let x = Tensor.vector("x"), y = Tensor.vector("y")
      let hits = (x ** 2 + y ** 2 .<= 1).sum()
      _ = try Function([x, y], 4 * hits / x.dim(0))(xs, ys)
    }
  }

  /// What `pi` gives in a process of its own that keeps its kernels in the folder `cache`.
  private static func secondsOfNewProcess(cache: String) throws -> Double {
    let process = Process(), output = Pipe()
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["--only-pi"]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["MARTLET_CACHE": cache], uniquingKeysWith: { $1 })
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard let seconds = Double(text.filter { !$0.isWhitespace }) else { throw NoFigure(text: text) }
    return seconds
  }

  /// Thrown where kernels were joined, so that the row would not say what it claims.
  private struct WrongCount: Error { let count: Int }

  /// Thrown where a new process did not print a number.
  private struct NoFigure: Error { let text: String }
}
