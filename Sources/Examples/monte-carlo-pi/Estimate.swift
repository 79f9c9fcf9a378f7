import Martlet

/// Random points in the square around the unit circle.
struct Points {
  let xs: NDArray
  let ys: NDArray

  /// Makes points that are the same for the same seed.
  ///
  /// - Throws: when there are more than memory holds.
  init(count: Int, _ dtype: DType, seed: UInt64) throws {
    xs = .uniform(-1...1, dtype, shape: [count], seed: seed)
    ys = .uniform(-1...1, dtype, shape: [count], seed: seed &+ 1)
    if let error = xs.error ?? ys.error { throw error }
  }

  /// How many there are.
  var count: Int { xs.count }
}

/// The expression that estimates π, with the points to feed it and how to run it.
struct Estimate {
  let points: Points
  let hits: HitType
  let style: Style
  let threads: Int
  let isProfiled: Bool

  /// Compiles the expression and calls it.
  func measured(calls: Int) throws -> Measurement {
    let session = Session(threads: threads, profile: isProfiled)
    let clock = Stopwatch()
    let (x, y) = (input("x"), input("y"))
    let estimate = estimate(x, y)
    let call: () throws -> NDArray
    var kernels: () throws -> Int
    switch style {
    case .function:
      let function = try session.function([x, y], estimate, name: "pi")
      call = { try function(points.xs, points.ys) }
      kernels = { function.kernelCount }
    case .session:
      call = { try session.run(estimate, feeding: [x: points.xs, y: points.ys]) }
      kernels = { try session.function([x, y], estimate).kernelCount }
    }
    let result = try call()
    let compile = clock.seconds
    let samples = try timed(calls: calls) { _ = try call() }
    return Measurement(
      estimate: try result.scalar(as: Double.self), threads: threads, kernels: try kernels(),
      compileSeconds: compile, samples: samples, profile: session.profile)
  }

  private func input(_ name: String) -> Tensor {
    switch style {
    case .function: .vector(name, points.xs.dtype)
    case .session: placeholder(points.xs.dtype, shape: [.fixed(points.count)], name: name)
    }
  }

  /// Four times the share of the points that lie in the circle.
  private func estimate(_ x: Tensor, _ y: Tensor) -> Tensor {
    let isHit = x ** 2 + y ** 2 .<= 1
    let hits =
      switch hits {
      case .int64: isHit.sum()
      case .int32: isHit.cast(to: .int32).sum()
      }
    return 4 * hits / x.dim(0)
  }
}
