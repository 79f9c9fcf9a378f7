import Martlet
package import Measuring

/// A row of the scoreboard: what Martlet computes, and what it is measured against.
package struct Workload: Sendable {
  /// The name that the peers' scripts use too.
  package let name: String

  /// Makes the inputs, compiles the function, and checks its result, for a number of threads.
  package let prepare: @Sendable (_ threads: Int) throws -> Contest

  /// The product of two square matrices.
  static func matrixProduct(_ name: String, _ dtype: DType, _ size: Int) -> Workload {
    Workload(name: name) { try .matrixProduct(name, dtype, size, threads: $0) }
  }
}
