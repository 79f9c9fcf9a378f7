package import Arrays
import KernelIR

/// A launch plan with its machine code. Calls from any number of threads share nothing but constants and the
/// workspaces that wait for the next call.
///
/// `run` is on the path of every call, where a reference that is counted costs 5 ns: what it needs at
/// each step is reached without any.
package final class CompiledPlan: @unchecked Sendable {
  // SAFETY: the list is written in `init` alone, and holds a reference to each step.
  private let steps: UnsafeMutableBufferPointer<Unmanaged<CompiledStep>>
  /// Steps that run side by side, in order; none where that saves no time.
  private let groups: [StepGroup]
  private let bases: BaseTable
  private let constants: [NDArray]
  private let workspaces: WorkspacePool?
  private let outputs: [Output]
  private let results: [LaunchPlan.ResultView]
  /// The result, where it is the one allocation.
  private let single: Output?
  /// Keeps the layouts that `outputs` name.
  private let layouts: [ArrayLayout]

  /// An array that each call makes.
  private struct Output {
    /// One of `layouts`.
    let layout: Unmanaged<ArrayLayout>
    let byteCount: Int
    /// The input whose bytes it takes, where the call may overwrite them.
    let donor: Int?

    init(_ output: LaunchPlan.Output, mayTakeInputs: Bool) throws(ArrayError) {
      layout = .passUnretained(output.layout)
      byteCount = try NDArray.byteCount(
        output.layout.dtype, output.layout.shape, for: "result")
      donor = mayTakeInputs ? output.donor : nil
    }

    func storage(_ inputs: BorrowedArrays) throws(ArrayError) -> ArrayStorage {
      if let donor, let given = inputs[donor].storage(forResultOf: byteCount) { return given }
      return try ArrayStorage.allocate(byteCount: byteCount, for: "result")
    }
  }

  /// - Parameters:
  ///   - kernels: The code of each step's variants.
  ///   - threads: For how many threads steps are grouped.
  ///   - overwritesInputs: Whether results may take the place of inputs.
  init(
    _ plan: LaunchPlan, _ kernels: [[CompiledKernel]], threads: Int, overwritesInputs: Bool
  ) throws(ArrayError) {
    let bases = BaseTable(plan)
    self.bases = bases
    constants = plan.constants
    results = plan.results
    let workspaceByteCount = plan.workspaceByteCount + plan.partialByteCount
    workspaces = workspaceByteCount == 0 ? nil : WorkspacePool(byteCount: workspaceByteCount)
    let steps = zip(plan.steps, kernels).map { step, variants in
      makeStep(step, variants, bases, partials: plan.workspaceByteCount)
    }
    let footprints = zip(plan.steps, steps).map { step, compiled in
      let scratch = plan.workspaceByteCount..<plan.workspaceByteCount + compiled.partialByteCount
      return Footprint(step, of: plan, scratch: scratch, overwritesInputs: overwritesInputs)
    }
    groups = StepGroup.groups(
      steps.map(\.cost), footprints, mayFail: steps.map(\.mayFail), threads: threads)
    // Where a call that has begun may fail, the caller is to keep what it gave.
    let mayTakeInputs = overwritesInputs && !steps.contains { $0.mayFail }
    layouts = plan.outputs.map(\.layout)
    outputs = try plan.outputs.map { output throws(ArrayError) in
      try Output(output, mayTakeInputs: mayTakeInputs)
    }
    let isSingle =
      plan.outputs.count == 1 && plan.results.count == 1
      && plan.results[0].address == LaunchPlan.Address(.output(0))
      && plan.results[0].layout.matches(plan.outputs[0].layout)
    single = isSingle ? outputs[0] : nil
    self.steps = .allocate(capacity: steps.count)
    _ = self.steps.initialize(fromContentsOf: steps.map { .passRetained($0) })
  }

  deinit {
    for step in steps { step.release() }
    steps.deallocate()
  }

  /// Runs the plan on arrays that have the layouts it was bound to.
  ///
  /// - Parameter threads: How many threads may work at once, the caller included.
  /// - Throws: When memory for a result or an intermediate cannot be had, or a matrix is too large for
  ///   the library.
  package func run(_ inputs: BorrowedArrays, threads: Int) throws -> [NDArray] {
    try withOutputs(inputs, threads: threads) { views(inputs, $0) }
  }

  /// Runs the plan as `run` does, and notes what each step takes.
  package func run(
    _ inputs: BorrowedArrays, threads: Int, recording call: CallRecord
  ) throws -> [NDArray] {
    try call.plan {
      try withOutputs(inputs, threads: threads, recording: call) { views(inputs, $0) }
    }
  }

  /// Runs a plan of one result, without the list that `run` would make for it.
  package func runSingle(_ inputs: BorrowedArrays, threads: Int) throws -> NDArray {
    guard let single else {
      return try withOutputs(inputs, threads: threads) { view(results[0], inputs, $0) }
    }
    let made = try single.storage(inputs)
    try withUnsafePointer(to: made.base) {
      try execute(inputs, UnsafeBufferPointer(start: $0, count: 1), threads: threads)
    }
    return withExtendedLifetime(self) {
      NDArray(storage: made, layout: single.layout.takeUnretainedValue())
    }
  }

  /// Makes the arrays of one call, runs it, and lends them to `body`, without a list on the heap.
  private func withOutputs<Result>(
    _ inputs: BorrowedArrays, threads: Int, recording call: CallRecord? = nil,
    _ body: (UnsafeBufferPointer<ArrayStorage>) throws -> Result
  ) throws -> Result {
    let count = outputs.count
    return try withUnsafeTemporaryAllocation(of: ArrayStorage.self, capacity: count) { made in
      try withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: count) {
        bases in
        var ready = 0
        defer { made[..<ready].deinitialize() }
        while ready < count {
          let storage = try outputs[ready].storage(inputs)
          made.initializeElement(at: ready, to: storage)
          bases.initializeElement(at: ready, to: storage.base)
          ready += 1
        }
        if let call {
          try execute(inputs, UnsafeBufferPointer(bases), threads: threads, recording: call)
        } else {
          try execute(inputs, UnsafeBufferPointer(bases), threads: threads)
        }
        return try body(UnsafeBufferPointer(made))
      }
    }
  }

  @inline(__always)
  private func execute(
    _ inputs: BorrowedArrays, _ outputs: UnsafeBufferPointer<UnsafeMutableRawPointer>, threads: Int
  ) throws {
    let workspace = try workspaces?.take()
    defer { if let workspace { workspaces?.giveBack(workspace) } }
    try withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: bases.count) {
      base in
      bases.fill(base, inputs, constants, outputs, workspace?.base)
      let base = UnsafeBufferPointer(base)
      var next = 0
      if threads > 1 {
        for group in groups {
          try run(next..<group.steps.lowerBound, base, threads: threads)
          group.run(steps, base, threads: threads)
          next = group.steps.upperBound
        }
      }
      try run(next..<steps.count, base, threads: threads)
    }
  }

  @inline(__always)
  private func run(
    _ range: Range<Int>, _ base: UnsafeBufferPointer<UnsafeMutableRawPointer>, threads: Int
  ) throws {
    for number in range {
      try steps[number]._withUnsafeGuaranteedRef { try $0.run(base, threads: threads) }
    }
  }

  /// Runs the steps as `execute` does, but one after the other, and notes what each takes. Memory that a
  /// call takes for itself is taken before the first.
  // What both begin with is written twice: handing the steps to one function as a closure makes the call
  // of `x + y` on four elements take 80 ns instead of 72.
  @inline(never)
  private func execute(
    _ inputs: BorrowedArrays, _ outputs: UnsafeBufferPointer<UnsafeMutableRawPointer>, threads: Int,
    recording call: CallRecord
  ) throws {
    let workspace = try workspaces?.take()
    defer { if let workspace { workspaces?.giveBack(workspace) } }
    try withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: bases.count) {
      base in
      bases.fill(base, inputs, constants, outputs, workspace?.base)
      let base = UnsafeBufferPointer(base)
      var time = TickClock.now()
      for step in steps {
        time = try call.runStep(from: time) {
          try step._withUnsafeGuaranteedRef { try $0.run(base, threads: threads) }
        }.end
      }
    }
  }

  /// The arrays that the results are.
  @inline(__always)
  private func views(
    _ inputs: BorrowedArrays, _ made: UnsafeBufferPointer<ArrayStorage>
  ) -> [NDArray] {
    var views: [NDArray] = []
    views.reserveCapacity(results.count)
    for number in results.indices { views.append(view(results[number], inputs, made)) }
    return views
  }

  /// The array that a result is.
  private func view(
    _ result: LaunchPlan.ResultView, _ inputs: BorrowedArrays,
    _ made: UnsafeBufferPointer<ArrayStorage>
  ) -> NDArray {
    let (storage, offset): (ArrayStorage, Int)
    switch result.address.place {
    case .input(let number): (storage, offset) = (inputs[number].storage, inputs[number].offset)
    case .constant(let number):
      (storage, offset) = (constants[number].storage, constants[number].offset)
    case .output(let number): (storage, offset) = (made[number], 0)
    // The binder puts what is returned into an output.
    case .workspace: preconditionFailure("execute: a result lies in the workspace")
    }
    return NDArray(
      storage: storage, layout: result.layout,
      offset: offset + result.address.byteOffset / result.layout.dtype.byteCount)
  }
}

/// The order in which the base pointers of one call lie: inputs, constants, outputs, workspace.
struct BaseTable: Sendable {
  private let inputCount: Int
  private let constantCount: Int
  private let outputCount: Int

  init(_ plan: LaunchPlan) {
    let inputs = plan.addresses.compactMap {
      if case .input(let n) = $0.place { n + 1 } else { nil }
    }
    inputCount = inputs.max() ?? 0
    (constantCount, outputCount) = (plan.constants.count, plan.outputs.count)
  }

  /// How many there are.
  var count: Int { inputCount + constantCount + outputCount + 1 }

  /// Where the base of `place` lies.
  func index(of place: LaunchPlan.Place) -> Int {
    switch place {
    case .input(let number): number
    case .constant(let number): inputCount + number
    case .output(let number): inputCount + constantCount + number
    case .workspace: inputCount + constantCount + outputCount
    }
  }

  /// Writes the pointers of one call.
  func fill(
    _ base: UnsafeMutableBufferPointer<UnsafeMutableRawPointer>,
    _ inputs: BorrowedArrays, _ constants: [NDArray],
    _ outputs: UnsafeBufferPointer<UnsafeMutableRawPointer>, _ workspace: UnsafeMutableRawPointer?
  ) {
    for number in 0..<inputCount {
      base.initializeElement(at: number, to: inputs[number].start)
    }
    for number in 0..<constantCount {
      base.initializeElement(at: inputCount + number, to: constants[number].start)
    }
    for number in 0..<outputCount {
      base.initializeElement(at: inputCount + constantCount + number, to: outputs[number])
    }
    if let workspace { base.initializeElement(at: count - 1, to: workspace) }
  }
}
