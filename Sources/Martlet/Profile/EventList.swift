import CPUBackend
import Profiling

/// The first events of a function's calls, until the list is full.
struct EventList: Sendable {
  /// An event, in ticks. The step is -1 for the call itself.
  private struct Event {
    let plan: Int32, step: Int32
    let isPart: Bool
    let thread: UInt
    let start: UInt64, end: UInt64
  }

  private var events: [Event] = []
  /// The calls' events that there was no room for.
  private(set) var leftOut = 0
  /// What the steps of each plan are called.
  private var names: [Int: [String]] = [:]

  /// How many events a function keeps: 3 MB.
  private static let most = 1 << 16

  var count: Int { events.count }

  /// Tells what the steps of a plan are called.
  mutating func name(_ names: [String], ofPlan plan: Int) {
    if leftOut == 0 { self.names[plan] = names }
  }

  /// Forgets all events.
  mutating func reset() { (events, leftOut) = ([], 0) }

  /// Adds a whole call, or nothing of it.
  mutating func add(_ record: CallRecord, plan: Int, end: UInt64) {
    let added = 1 + record.stepCount + record.partCount
    if leftOut > 0 || events.count + added > Self.most {
      leftOut += added
    } else {
      keep(record, Int32(truncatingIfNeeded: plan), end)
    }
  }

  @inline(never)
  private mutating func keep(_ record: CallRecord, _ plan: Int32, _ end: UInt64) {
    let thread = record.thread
    events.append(
      Event(plan: plan, step: -1, isPart: false, thread: thread, start: record.start, end: end))
    record.forEachStep { number, step in
      events.append(
        Event(
          plan: plan, step: Int32(truncatingIfNeeded: number), isPart: false, thread: thread,
          start: step.start, end: step.end))
    }
    record.forEachPart { part in
      events.append(
        Event(
          plan: plan, step: Int32(truncatingIfNeeded: part.step), isPart: true,
          thread: part.thread, start: part.start, end: part.end))
    }
  }

  /// The events with their names and times in nanoseconds from `origin` on.
  func traced(
    function: String, from origin: UInt64, nanosecondsPerTick rate: Double
  ) -> [ProfileTrace.Event] {
    func time(_ ticks: UInt64) -> Int {
      Int(Double(TickClock.ticks(from: origin, to: ticks)) * rate)
    }
    return events.map { event in
      let steps = names[Int(event.plan)] ?? []
      return ProfileTrace.Event(
        name: steps.indices.contains(Int(event.step)) ? steps[Int(event.step)] : function,
        category: event.isPart ? .part : event.step < 0 ? .call : .step, thread: event.thread,
        start: time(event.start), end: time(event.end))
    }
  }
}
