import Benchmark
import Martlet
import Workloads

/// What every machine can hold to: the instructions of a workload's kernels, of any loop and of what
/// leads to it, for processors that this one need not be. They depend on LLVM's version, on Martlet and on
/// nothing else.
let benchmarks: @Sendable () -> Void = {
  for workload in Workload.all where !workload.isProduct {
    Benchmark(
      workload.name,
      configuration: .init(
        metrics: processors.map(instructions), warmupIterations: 0, maxIterations: 1,
        thresholds: Dictionary(
          uniqueKeysWithValues: processors.map {
            (instructions(of: $0), BenchmarkThresholds(relative: [.p90: 5]))
          }))
    ) { benchmark in
      for processor in processors {
        benchmark.measurement(
          instructions(of: processor), try instructionCount(of: workload, for: processor))
      }
    }
  }
}

#if arch(x86_64)
  private let processors = ["x86-64-v3", "x86-64-v4"]
#else
  private let processors = ["generic"]
#endif

private func instructions(of processor: String) -> BenchmarkMetric {
  .custom("instructions for \(processor)", useScalingFactor: false)
}

private func instructionCount(of workload: Workload, for processor: String) throws -> Int {
  let function = try workload.function(threads: 1)
  let text = try function.assemblyText(for: try workload.arrays(), processor: processor)
  return text.split(separator: "\n").count(where: isInstruction)
}

/// Whether a line is neither a label nor a directive nor a comment.
private func isInstruction(_ line: Substring) -> Bool {
  guard line.first == "\t", let first = line.dropFirst().first else { return false }
  return first.isLetter
}
