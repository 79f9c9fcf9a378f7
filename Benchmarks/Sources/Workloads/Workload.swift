package import Martlet

/// A row of the scoreboard: what Martlet computes, from what, and what it is measured against.
package struct Workload: Sendable {
  /// The name that the peers' scripts use too.
  package let name: String

  /// What it is computed from.
  package let inputs: [Input]

  /// What it is measured against.
  package let rival: Rival

  /// The results, as expressions of the inputs.
  private let results: @Sendable ([Tensor]) -> [Tensor]

  init(
    _ name: String, _ inputs: [Input], _ rival: Rival,
    martlet results: @escaping @Sendable ([Tensor]) -> [Tensor]
  ) {
    (self.name, self.inputs, self.rival, self.results) = (name, inputs, rival, results)
  }

  /// Makes the inputs.
  package func arrays() throws -> [NDArray] { try inputs.enumerated().map { try $1.array($0) } }

  /// Compiles all results together.
  package func function(threads: Int, profile: Bool = false) throws -> Function<[NDArray]> {
    let tensors = tensors()
    return try Session(threads: threads).function(
      tensors, results(tensors), name: name, profile: profile)
  }

  /// Compiles the first result alone.
  package func firstFunction(threads: Int) throws -> Function<NDArray> {
    let tensors = tensors()
    return try Session(threads: threads).function(tensors, results(tensors)[0], name: name)
  }

  /// What stands for the inputs: new tensors each time.
  private func tensors() -> [Tensor] { inputs.enumerated().map { $1.tensor($0) } }
}

/// What a workload is measured against.
package enum Rival: Sendable {
  /// A plain loop that counts the points in the circle.
  case hitCount
  /// A plain loop that adds, on one thread.
  case addition
  /// The direct call of OpenBLAS.
  case directBLAS
  /// Loops of the table of limits, after the results have been compared with the plain ones.
  case limit(Limit, Plain)
}

/// What a workload computes, in the plainest way.
package struct Plain: Sendable {
  /// How close results have to be to these.
  package let tolerance: Tolerance

  /// The results in double, from the elements of the inputs.
  package let results: @Sendable ([[Double]]) -> [[Double]]
}

/// By how much results may differ from what is computed plainly in double.
package struct Tolerance: Sendable {
  package let relative: Double
  package let absolute: Double

  /// Results must be equal.
  static let exact = Tolerance(relative: 0, absolute: 0)
}
