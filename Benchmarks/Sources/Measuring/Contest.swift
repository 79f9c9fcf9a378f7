public import Martlet

/// Work that is ready to be measured: Martlet's way, and others'.
public struct Contest {
  /// The seconds from the expression to the first result, less those that the quickest later call takes.
  public let compileSeconds: Double

  /// Martlet.
  public let martlet: Contender

  /// The same work by hand; the fastest counts.
  public let limits: [Contender]

  /// Describes a contest.
  public init(compileSeconds: Double, martlet: Contender, limits: [Contender]) {
    self.compileSeconds = compileSeconds
    self.martlet = martlet
    self.limits = limits
  }

  /// Measures all, and returns Martlet's figures with those of the fastest limit.
  public func measured(_ effort: Effort) throws -> Score {
    let timings = try interleaved([martlet] + limits, effort: effort)
    let others = zip(limits, timings.dropFirst())
    guard let best = others.min(by: { $0.1.min < $1.1.min }) else { throw NoLimit() }
    return Score(martlet: timings[0], what: best.0.name, limit: best.1)
  }

  /// What is thrown for a contest without limits.
  private struct NoLimit: Error {}
}

/// What came out of a contest.
public struct Score: Sendable {
  /// Martlet's figures.
  public let martlet: Timing

  /// What the limit is.
  public let what: String

  /// The limit's figures.
  public let limit: Timing

  /// How many times as long as the limit Martlet takes.
  public var ratio: Double { martlet.min / limit.min }
}

/// A compiled function with its first result, and the seconds that it took until then.
public struct Compiled<Output: Sendable> {
  /// The function.
  public let function: Function<Output>

  /// What it gave the first time.
  public let result: Output

  /// The seconds from the expression to the first result, less those that a later call takes.
  public let seconds: Double

  private init(
    build: () throws -> Function<Output>, call: (Function<Output>) throws -> Output
  ) throws {
    let start = now()
    let function = try build()
    self.function = function
    result = try call(function)
    let untilResult = now() - start
    var later = untilResult
    for _ in 0..<3 { later = min(later, try Measuring.seconds { _ = try call(function) }) }
    seconds = untilResult - later
  }
}

extension Compiled where Output == NDArray {
  /// Compiles a function and calls it on arrays.
  public init(_ inputs: NDArray..., build: () throws -> Function<NDArray>) throws {
    try self.init(build: build) { try $0.call(with: inputs) }
  }
}

extension Compiled where Output == [NDArray] {
  /// Compiles a function with several results and calls it on arrays.
  public init(_ inputs: [NDArray], build: () throws -> Function<[NDArray]>) throws {
    try self.init(build: build) { try $0.call(with: inputs) }
  }
}
