import Arrays
import CPUBackend
import Synchronization

/// A plan that is bound to layouts of the inputs, with its machine code.
final class BoundPlan: Sendable {
  let compiled: CompiledPlan
  /// Who counts its calls, and where.
  private let recording: (recorder: FunctionRecorder, counter: PlanCounter)?
  private let layouts: [ArrayLayout]
  // SAFETY: the layouts live as long as `layouts`, and the list is written in `init` alone.
  private nonisolated(unsafe) let borrowed: UnsafeMutableBufferPointer<Unmanaged<ArrayLayout>>

  init(
    _ layouts: [ArrayLayout], _ compiled: CompiledPlan,
    recording: (recorder: FunctionRecorder, counter: PlanCounter)? = nil
  ) {
    (self.layouts, self.compiled, self.recording) = (layouts, compiled, recording)
    borrowed = .allocate(capacity: layouts.count)
    _ = borrowed.initialize(fromContentsOf: layouts.map { .passUnretained($0) })
  }

  deinit {
    borrowed.deallocate()
    if let recording { recording.recorder.retire(recording.counter) }
  }

  /// Runs a call that `record` notes, and counts it.
  func run(
    _ arrays: BorrowedArrays, threads: Int, recording record: CallRecord
  ) throws -> [NDArray] {
    let results = try compiled.run(arrays, threads: threads, recording: record)
    if let recording { recording.recorder.commit(record, recording.counter) }
    return results
  }

  /// Whether another plan is bound to layouts like these.
  func isLike(_ other: BoundPlan) -> Bool {
    zip(layouts, other.layouts).allSatisfy { $0.matches($1) }
  }

  /// Whether arrays have the layouts it is bound to, which are known by their addresses.
  func isFor(_ arrays: BorrowedArrays) -> Bool {
    guard arrays.count == borrowed.count else { return false }
    for number in borrowed.indices where !arrays[number].has(borrowed[number]) { return false }
    return true
  }

  /// Whether arrays have layouts like those it is bound to.
  func fits(_ arrays: BorrowedArrays) -> Bool {
    guard arrays.count == borrowed.count else { return false }
    for number in borrowed.indices where !arrays[number].hasContents(of: borrowed[number]) {
      return false
    }
    return true
  }
}

/// The bound plans of a program.
///
/// The first ones stay as long as the program and are found without a lock and without counting a
/// reference: a call of x + y on four elements takes half the time. Later ones lie behind a lock,
/// where the newest replace the oldest, so that a program that is fed ever new sizes keeps few.
final class BoundPlans: Sendable {
  // SAFETY: a place is written once, before `count` tells of it, and read only after.
  private nonisolated(unsafe) let lasting: UnsafeMutablePointer<Unmanaged<BoundPlan>>
  private let count = Atomic(0)
  /// Newest first. Whoever holds the lock may add to either kind.
  private let others = Mutex<[BoundPlan]>([])

  /// How many of each kind there are at most.
  private static let most = 16

  init() { lasting = .allocate(capacity: Self.most) }

  deinit {
    for number in 0..<count.load(ordering: .relaxed) { lasting[number].release() }
    lasting.deallocate()
  }

  /// Hands the plan for these arrays to `body`; returns nil if there is none.
  @inline(__always)
  func withPlan<Result>(
    for arrays: BorrowedArrays, _ body: (BoundPlan) throws -> Result
  ) rethrows -> Result? {
    if let number = number(for: arrays) {
      return try lasting[number]._withUnsafeGuaranteedRef { try body($0) }
    }
    let other = others.withLock { $0.first { $0.fits(arrays) } }
    return try other.map { try body($0) }
  }

  private func number(for arrays: BorrowedArrays) -> Int? {
    let count = count.load(ordering: .acquiring)
    for number in 0..<count
    where lasting[number]._withUnsafeGuaranteedRef({ $0.isFor(arrays) }) {
      return number
    }
    for number in 0..<count
    where lasting[number]._withUnsafeGuaranteedRef({ $0.fits(arrays) }) {
      return number
    }
    return nil
  }

  /// Keeps a plan, unless another thread was faster.
  func insert(_ plan: BoundPlan) {
    others.withLock { others in
      let number = count.load(ordering: .relaxed)
      for known in 0..<number where lasting[known].takeUnretainedValue().isLike(plan) { return }
      if number < Self.most {
        (lasting + number).initialize(to: .passRetained(plan))
        count.store(number + 1, ordering: .releasing)
        return
      }
      if others.count == Self.most { others.removeLast() }
      others.insert(plan, at: 0)
    }
  }
}
