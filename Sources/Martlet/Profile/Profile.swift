import CPUBackend
public import Profiling

/// What a function, or all functions of a session, did so far: times of every kernel, what it reads,
/// writes and computes, how near it comes to what this machine can do, and where it was written.
///
///     let f = try Function([x, y], estimate, name: "pi", profile: true)
///     for _ in 0..<1000 { _ = try f(xs, ys) }
///     print(f.profile?.summary() ?? "")
///
/// It counts while the functions run, on any number of threads; every look at it sees whole calls.
public struct Profile: Sendable {
  private let members: @Sendable () -> (recorders: [FunctionRecorder], leftOut: Int)

  init(_ recorder: FunctionRecorder) { members = { ([recorder], 0) } }

  init(_ group: ProfileGroup) { members = { group.members } }

  /// The figures so far. Reading them may measure the limits of this machine first, which takes some
  /// milliseconds for each new size.
  public var report: ProfileReport {
    let (recorders, leftOut) = members()
    let rate = ProfileClock.nanosecondsPerTick() * 1e-9
    return ProfileReport(
      functions: recorders.map { FunctionProfile($0, secondsPerTick: rate) },
      functionsLeftOut: leftOut, machine: .current,
      secondsSinceStart: Double(TickClock.ticks(from: ProfileClock.start(), to: TickClock.now()))
        * rate)
  }

  /// The figures as text: the tables of Theano's profile, then more than those tell. Several functions
  /// are followed by the sum over all.
  public func summary() -> String { report.summary }

  /// The figures as JSON; `ProfileReport` says what the keys mean.
  public var json: String { report.json }

  /// Writes the calls with their steps, and what each thread did in them, as a trace in the format of
  /// Chrome, which https://ui.perfetto.dev opens. A function keeps the first 65,536 events; the trace
  /// and the report say how many more there were.
  ///
  /// - Parameter path: The file, which is replaced.
  /// - Throws: `ProfileError` when the file cannot be written.
  public func trace(to path: String) throws {
    try OutputText.write(trace.chromeJSON, to: path)
  }

  /// Forgets all calls; what was compiled stays known.
  public func reset() { for recorder in members().recorders { recorder.reset() } }

  private var trace: ProfileTrace {
    let rate = ProfileClock.nanosecondsPerTick(), origin = ProfileClock.start()
    var trace = ProfileTrace(events: [], leftOut: 0)
    for recorder in members().recorders {
      let events = recorder.snapshot.events
      trace.events += events.traced(
        function: recorder.name, from: origin, nanosecondsPerTick: rate)
      trace.leftOut += events.leftOut
    }
    // What contains comes before what it contains.
    trace.events.sort { ($0.start, $1.end) < ($1.start, $0.end) }
    return trace
  }
}

extension MachineProfile {
  /// This machine with its libraries.
  fileprivate static var current: MachineProfile {
    let words = BLAS.configuration.split(separator: " ")
    return MachineProfile(
      cores: ThreadBudget.availableCores, blasVendor: words.first.map(String.init) ?? "BLAS",
      blasVersion: words.dropFirst().first.map(String.init) ?? "?", blasCore: BLAS.core,
      blasThreads: 1)
  }
}
