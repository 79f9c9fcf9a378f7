import CPUBackend
import GraphOptimizer
import Profiling
import Synchronization

/// Notes what compiling one function took.
final class CompileRecorder: Sendable {
  private let state = Mutex(CompileProfile())

  /// What was noted so far.
  var profile: CompileProfile { state.withLock { $0 } }

  private func seconds(since start: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - start) / .seconds(1)
  }

  /// Notes that all of the compiling began at `start` and ends now.
  func noteAll(since start: ContinuousClock.Instant) {
    let seconds = seconds(since: start)
    state.withLock { $0.seconds += seconds }
  }

  /// Notes passes that began at `start` and end now.
  func noteOptimizer(since start: ContinuousClock.Instant) {
    let seconds = seconds(since: start)
    state.withLock { $0.optimizerSeconds += seconds }
  }

  /// Notes that making machine code began at `start` and ends now.
  func noteLinker(since start: ContinuousClock.Instant) {
    let seconds = seconds(since: start)
    state.withLock { $0.linkerSeconds += seconds }
  }

  /// Notes a pass.
  func note(_ report: PassReport) {
    let rules = report.fired.map { rule in
      RuleProfile(
        name: rule.key, count: rule.value,
        seconds: report.trace.times[rule.key].map { $0 / .seconds(1) })
    }
    .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    let pass = PassProfile(
      name: report.pass, seconds: report.time / .seconds(1), nodesBefore: report.nodesBefore,
      nodesAfter: report.graph.equations.count, rules: rules)
    let verification = report.verification / .seconds(1)
    state.withLock { profile in
      profile.passes.append(pass)
      profile.validateSeconds += verification
    }
  }

  /// Notes a kernel that became machine code, with the function or when a call met new sizes.
  func note(_ report: KernelReport, duringCall: Bool) {
    let kernel = KernelProfile(
      name: report.name, seconds: report.time / .seconds(1), wasCached: report.wasCached,
      duringCall: duringCall)
    state.withLock { $0.kernels.append(kernel) }
  }
}
