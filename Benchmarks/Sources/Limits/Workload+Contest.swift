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
    case .limit(let limit, let plain): try loopContest(limit, plain, threads: threads)
    }
  }
}
