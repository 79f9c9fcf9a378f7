import ScoreboardWorkloads
import Testing

/// Runs `body` for each workload and records what it throws: a test's own process would end without
/// a word.
func reporting(_ workloads: [Workload], _ body: (Workload) throws -> Void) {
  for workload in workloads {
    do { try body(workload) } catch { Issue.record(error, "\(workload.name)") }
  }
}
