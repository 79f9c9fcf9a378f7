import Martlet

extension Workload {
  /// Every workload. Names, inputs and formulas are those of the scripts that measure the peers.
  package static let all: [Workload] =
    [
      monteCarloPi("pi10k_f64", 10_000),
      monteCarloPi("pi10k_f64_i32", 10_000, hits: .int32),
      monteCarloPi("pi30k_f64", 30_000),
      monteCarloPi("pi30k_f64_i32", 30_000, hits: .int32),
      monteCarloPi("pi1M_f64", 1_000_000),
      monteCarloPi("pi1M_f64_i32", 1_000_000, hits: .int32),
      monteCarloPi("pi16M_f64", 16_000_000),
      monteCarloPi("pi16M_f64_i32", 16_000_000, hits: .int32),
      smallAddition("small4_f64", 4),
      matrixProduct("matmul_f32_512", .float32, 512),
      matrixProduct("matmul_f32_1024", .float32, 1024),
      matrixProduct("matmul_f32_2048", .float32, 2048),
      matrixProduct("matmul_f32_5000", .float32, 5000),
      matrixProduct("matmul_f64_1024", .float64, 1024),
      matrixProduct("matmul_f64_2048", .float64, 2048),
    ] + elementwise + rows + reductions + shapes

  /// Returns the workloads whose names the patterns list; a `*` at the end stands for any ending.
  ///
  /// - Throws: `UnknownWorkload` for a pattern that names none.
  package static func named(_ patterns: [String]) throws -> [Workload] {
    for pattern in patterns where !all.contains(where: { $0.matches(pattern) }) {
      throw UnknownWorkload(pattern: pattern)
    }
    return all.filter { workload in patterns.contains { workload.matches($0) } }
  }

  private func matches(_ pattern: String) -> Bool {
    if pattern == "all" { return true }
    return pattern.last == "*" ? name.hasPrefix(pattern.dropLast()) : name == pattern
  }
}

/// What is thrown for a pattern that no workload's name fits.
struct UnknownWorkload: Error, CustomStringConvertible {
  let pattern: String

  var description: String {
    "scoreboard: no workload is called '\(pattern)'; there are "
      + Workload.all.map(\.name).joined(separator: ", ")
  }
}
