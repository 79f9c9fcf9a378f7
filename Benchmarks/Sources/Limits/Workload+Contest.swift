package import Martlet
package import Measuring
package import Workloads

extension Workload {
  /// Makes the inputs, compiles the function, checks its result, and readies the rival, for a number
  /// of threads.
  package func prepare(_ threads: Int) throws -> Contest {
    switch rival {
    case .hitCount: try hitContest(threads: threads)
    case .addition: try additionContest(threads: threads)
    case .directBLAS: try productContest(threads: threads)
    case .limit(let limit, let plain):
      try loopContest(limit, plain, on: try arrays(), threads: threads)
    }
  }

  /// Readies the loops that the workload is measured against, on inputs that are there already.
  package func limits(on arrays: [NDArray], threads: Int) throws -> [Contender] {
    guard case .limit(let limit, let plain) = rival else { return [] }
    return try loopContest(limit, plain, on: arrays, threads: threads).limits
  }
}
