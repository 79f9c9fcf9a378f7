import CPUBackend
import Glibc
import Martlet
import ScoreboardWorkloads
import Testing

/// Each test has a process of its own, as others' loops would take the workers.
@Suite("The scoreboard's rows on several threads", .enabled(if: ThreadBudget.availableCores > 1))
struct ThreadTests {
  @Test("Every row gives the same bits at 1, 2, 3 and 7 threads", .timeLimit(.minutes(30)))
  func threadCounts() async {
    await #expect(processExitsWith: .success) {
      reporting(Workload.all) { workload in
        let arrays = try workload.repeatedArrays()
        let expected = try workload.function(threads: 1).call(with: arrays)
        for threads in [2, 3, 7] {
          let function = try workload.function(threads: threads)
          // On a busy machine the other threads may be long in coming.
          let isShared = !ofOneChunk.contains(workload.name)
          let end = ContinuousClock.now + .seconds(isShared ? 120 : 0)
          var (isHelped, tries) = (false, 0)
          repeat {
            let (helps, results) = try AwakeTeam.helps { try function.call(with: arrays) }
            #expect(
              sameBits(results, expected), "\(workload.name): \(threads) threads differ from 1")
            (isHelped, tries) = (helps, tries + 1)
          } while !isHelped && (tries < 1000 || ContinuousClock.now < end)
          #expect(
            isHelped == isShared, "\(workload.name): workers took part at \(threads) threads")
        }
      }
    }
  }
}

/// The rows so small that there is nothing to share.
private let ofOneChunk: Set = ["small4_f64", "small4np_f64"]

private func sameBits(_ results: [NDArray], _ others: [NDArray]) -> Bool {
  results.count == others.count
    && zip(results, others).allSatisfy { result, other in
      result.isContiguous && other.isContiguous && result.shape == other.shape
        && memcmp(result.start, other.start, result.count * result.dtype.byteCount) == 0
    }
}
