import CCores
import Glibc
import Synchronization

@testable import CPUBackend

/// The workers, awake, so that also a loop that would not pay for waking them is shared.
enum AwakeTeam {
  /// Wakes a worker, which then spins for some microseconds, runs `body`, and returns whether workers
  /// took part in the last of its loops. Loops are taken to cost little, whatever they cost here.
  static func helps<Result>(_ body: () throws -> Result) rethrows -> (isHelped: Bool, Result) {
    coreOfLeader.store(cores_current(), ordering: .releasing)
    ParallelLoop.run(count: 2, grain: 1, threads: 2, nanoseconds: 1e9) { begin, _, _ in
      if begin == 0 {
        awaitWorker()
      } else {
        makeWay()
      }
    }
    WorkerTeam.shared.cost = .standard
    let before = WorkerTeam.shared.loopsShared
    let result = try body()
    let isHelped =
      WorkerTeam.shared.loopsShared != before && WorkerTeam.shared.batchesOfWorkers > 0
    return (isHelped, result)
  }

  /// The core of the leader until a worker has come, then -1.
  private static let coreOfLeader = Atomic(Int32(-1))

  /// Waits for a worker, for a tenth of a second. It may have to run on this very core first.
  private static func awaitWorker() {
    let end = ContinuousClock.now + .milliseconds(100)
    var looks = 0
    while coreOfLeader.load(ordering: .acquiring) >= 0, ContinuousClock.now < end {
      looks += 1
      if looks % 1000 == 0 { sched_yield() }
    }
    coreOfLeader.store(-1, ordering: .releasing)
  }

  /// Tells the leader that a worker has come, and moves that off the leader's core. Where other cores are
  /// busy, the system may have woken it there, and it would only ever run while the leader does not.
  private static func makeWay() {
    let core = coreOfLeader.load(ordering: .acquiring)
    guard core >= 0 else { return }
    cores_leave(core)
    coreOfLeader.store(-1, ordering: .releasing)
  }
}
