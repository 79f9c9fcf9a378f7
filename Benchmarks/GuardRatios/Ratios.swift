import Benchmark
import Limits
import Measuring
import Workloads

/// Martlet's time over the limit's, in thousandths: what a threshold can hold to on any machine.
private let ratio = BenchmarkMetric.custom(
  "thousandths of the limit's time", useScalingFactor: false)

let benchmarks: @Sendable () -> Void = {
  for workload in Workload.all where guarded.contains(workload.name) {
    Benchmark(
      workload.name,
      configuration: .init(
        metrics: [ratio], warmupIterations: 0, maxIterations: 1,
        thresholds: [ratio: BenchmarkThresholds(relative: [.p90: 20])])
    ) { benchmark in
      benchmark.measurement(ratio, Int(try leastRatio(workload) * 1000))
    }
  }
}

/// Prepares and measures several times over, since where memory lies makes a difference too, and
/// compares the least times: whatever else the machine does only adds to them.
private func leastRatio(_ workload: Workload) throws -> Double {
  let scores = try (0..<3).map { _ in
    try workload.prepare(1).measured(Effort(seconds: 0.4))
  }
  let martlet = scores.map(\.martlet.min).reduce(.infinity, min)
  return martlet / scores.map(\.limit.min).reduce(.infinity, min)
}

/// One workload of each kind of kernel.
private let guarded: Set = [
  "pi30k_f64", "pi1M_f64", "blackscholes_f64_1e6", "softmax_f32_4096x1024",
  "layernorm_f32_4096x1024", "sum_axis0_f32_4000", "sum_axis1_f32_4000", "count_f32_2e7",
  "bcast_f32_4000", "transpose_fused_f32_4000", "stencil_f32_1e7",
]
