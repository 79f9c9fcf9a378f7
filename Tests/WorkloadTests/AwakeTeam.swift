@testable import CPUBackend

/// The workers, awake, so that also a loop that would not pay for waking them is shared.
enum AwakeTeam {
  /// Wakes a worker, which then spins for some microseconds, runs `body`, and returns whether workers
  /// took part in the last of its loops. Loops are taken to cost little, whatever they cost here.
  static func helps<Result>(_ body: () throws -> Result) rethrows -> (isHelped: Bool, Result) {
    ParallelLoop.run(count: 2, grain: 1, threads: 2, nanoseconds: 1e9) { begin, _, _ in
      var pauses = 0
      while begin == 0, WorkerTeam.shared.workersAwake == 0, pauses < 1_000_000 { pauses += 1 }
    }
    WorkerTeam.shared.cost = .standard
    let before = WorkerTeam.shared.loopsShared
    let result = try body()
    let isHelped =
      WorkerTeam.shared.loopsShared != before && WorkerTeam.shared.batchesOfWorkers > 0
    return (isHelped, result)
  }
}
