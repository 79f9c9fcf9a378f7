import GraphOptimizer
import SymbolicGraph

/// The way from a graph to a plan, told stage by stage.
enum Stages {
  /// Optimizes and schedules `graph`.
  ///
  /// - Parameters:
  ///   - recorder: Notes what the passes do, and what they take.
  ///   - log: Told every stage, with the `MARTLET_DEBUG` level that shows it: the passes at 1; every
  ///     rewriting, the text of each graph that differs from the one before, and of the plan, at 3.
  static func plan(
    _ graph: Graph, name: String, recorder: CompileRecorder? = nil,
    log: (_ level: Int, _ text: () -> String) -> Void
  ) throws(PassError) -> Plan {
    let start = ContinuousClock.now
    defer { recorder?.noteOptimizer(since: start) }
    var before = "", isRecording = false
    log(3) {
      isRecording = true
      before = graph.description
      return "\(name): built\n\(before)"
    }
    let optimized = try Pipeline.standard.run(on: graph, recording: isRecording) { report in
      recorder?.note(report)
      log(1) { "\(name): \(report)" }
      log(3) {
        let text = report.graph.description
        defer { before = text }
        let lines = report.trace.rewritings.map { "  \($0)" }
        return (lines + [text == before ? "  unchanged" : text]).joined(separator: "\n")
      }
    }
    let plan = Plan(scheduling: optimized, name: name)
    log(3) { "\(name): scheduled\n\(plan)" }
    return plan
  }
}
