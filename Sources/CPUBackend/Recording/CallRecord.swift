/// What one call did and when, in ticks. It belongs to the thread that makes the call, and is used
/// again for a later one.
///
/// What it holds stands behind a pointer: each change of a property of the class would be checked for
/// others at the same time, which takes as long as the clock.
// SAFETY: whoever has taken it from the recorder that keeps it is its only user.
package final class CallRecord: @unchecked Sendable {
  private let notes: UnsafeMutablePointer<Notes>
  private let loops: UnsafeMutablePointer<LoopRecord>

  private struct Notes {
    var start: UInt64 = 0, planStart: UInt64 = 0, planEnd: UInt64 = 0
    var bindTicks: UInt64?
    var thread: UInt = 0
    var steps: [Step] = []
    var parts: [Part] = []
  }

  /// One step of the call.
  package struct Step: Sendable {
    package let start: UInt64, end: UInt64
    /// How many threads took part, what they worked together, and what the busiest did.
    package let threads: Int
    package let busy: UInt64, busiest: UInt64
  }

  /// What one thread did in a step.
  package struct Part: Sendable {
    package let step: Int
    package let thread: UInt
    package let start: UInt64, end: UInt64
  }

  package init(threads: Int) {
    notes = .allocate(capacity: 1)
    notes.initialize(to: Notes())
    loops = .allocate(capacity: 1)
    loops.initialize(to: LoopRecord(threads: threads))
  }

  deinit {
    notes.deinitialize(count: 1)
    notes.deallocate()
    loops.pointee.deallocate()
    loops.deallocate()
  }
}

// MARK: - What was noted

extension CallRecord {
  /// When the call began.
  package var start: UInt64 { notes.pointee.start }
  /// How long its plan ran.
  package var planTicks: UInt64 {
    TickClock.ticks(from: notes.pointee.planStart, to: notes.pointee.planEnd)
  }
  /// What getting ready for new sizes took; nil where nothing was new.
  package var bindTicks: UInt64? { notes.pointee.bindTicks }
  /// The thread that calls.
  package var thread: UInt { notes.pointee.thread }
  /// How many steps there were, and how many parts.
  package var stepCount: Int { notes.pointee.steps.count }
  package var partCount: Int { notes.pointee.parts.count }

  /// Calls `body` for each step in order.
  package func forEachStep(_ body: (Int, Step) -> Void) {
    for number in notes.pointee.steps.indices { body(number, notes.pointee.steps[number]) }
  }

  /// Calls `body` for what each thread did in loops that were shared.
  package func forEachPart(_ body: (Part) -> Void) {
    for number in notes.pointee.parts.indices { body(notes.pointee.parts[number]) }
  }
}

// MARK: - Noting

extension CallRecord {
  /// Begins with a call that starts now.
  package func begin() {
    notes.pointee.steps.removeAll(keepingCapacity: true)
    notes.pointee.parts.removeAll(keepingCapacity: true)
    notes.pointee.bindTicks = nil
    (notes.pointee.planStart, notes.pointee.planEnd) = (0, 0)
    notes.pointee.thread = LaneRecord.currentThread
    notes.pointee.start = TickClock.now()
  }

  /// Notes what getting ready for new sizes took.
  package func noteBinding(since start: UInt64) {
    let ticks = TickClock.ticks(from: start, to: TickClock.now())
    notes.pointee.bindTicks = (notes.pointee.bindTicks ?? 0) &+ ticks
  }

  /// Runs the plan, all of whose steps `body` tells by `runStep`.
  package func plan<Result>(_ body: () throws -> Result) rethrows -> Result {
    notes.pointee.planStart = TickClock.now()
    let result = try LoopRecord.recording(loops, body)
    notes.pointee.planEnd = TickClock.now()
    return result
  }

  /// Runs the next step, which began when the one before ended, or at `start`.
  @inline(__always)
  package func runStep<Result>(
    from start: UInt64, _ body: () throws -> Result
  ) rethrows -> (result: Result, end: UInt64) {
    let result = try body()
    let end = TickClock.now()
    noteStep(from: start, to: end)
    return (result, end)
  }

  package func noteStep(from start: UInt64, to end: UInt64) {
    var (threads, busy, busiest) = (0, UInt64(0), UInt64(0))
    for lane in loops.pointee.lanes.indices where loops.pointee.lanes[lane].busy > 0 {
      let record = loops.pointee.lanes[lane]
      threads += 1
      busy &+= record.busy
      busiest = max(busiest, record.busy)
      notes.pointee.parts.append(
        Part(
          step: notes.pointee.steps.count, thread: record.thread, start: record.start,
          end: record.end))
      loops.pointee.lanes[lane].busy = 0
    }
    let time = TickClock.ticks(from: start, to: end)
    notes.pointee.steps.append(
      threads == 0
        ? Step(start: start, end: end, threads: 1, busy: time, busiest: time)
        : Step(start: start, end: end, threads: threads, busy: busy, busiest: busiest))
  }
}
