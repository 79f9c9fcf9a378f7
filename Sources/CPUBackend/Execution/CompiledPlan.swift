package import Arrays
import KernelIR
import Synchronization

/// A launch plan with its machine code. Calls from any number of threads share nothing but constants.
///
/// `run` is on the path of every call, where a reference that is copied costs as much as a small
/// kernel: steps are objects, and what they read lies in memory of their own.
package final class CompiledPlan: Sendable {
  private let plan: LaunchPlan
  private let steps: [CompiledStep]
  private let bases: BaseTable
  private let workspaces: WorkspacePool?
  /// The bytes of each allocation.
  private let byteCounts: [Int]
  /// Whether the results are the allocations, each once and in order.
  private let resultsAreOutputs: Bool

  init(_ plan: LaunchPlan, _ kernels: [CompiledKernel?]) throws(ArrayError) {
    self.plan = plan
    let bases = BaseTable(plan)
    self.bases = bases
    steps = zip(plan.steps, kernels).map { makeStep($0, $1, bases) }
    workspaces =
      plan.workspaceByteCount == 0 ? nil : WorkspacePool(byteCount: plan.workspaceByteCount)
    var byteCounts: [Int] = []
    for output in plan.outputs {
      byteCounts.append(try NDArray.byteCount(output.dtype, output.shape, for: "result"))
    }
    self.byteCounts = byteCounts
    let outputs = plan.outputs.indices.map { LaunchPlan.Address(.output($0)) }
    resultsAreOutputs =
      plan.results.map(\.address) == outputs
      && zip(plan.results, plan.outputs).allSatisfy {
        $0.shape == $1.shape && $0.strides == $1.strides
      }
  }

  /// Runs the plan on arrays that have the layouts it was bound to.
  ///
  /// - Parameter threads: How many threads may work at once, the caller included.
  /// - Throws: When memory for a result or an intermediate cannot be had, or a matrix is too large for
  ///   the library.
  package func run(_ inputs: [NDArray], threads: Int) throws -> [NDArray] {
    var outputs: [NDArray] = []
    outputs.reserveCapacity(byteCounts.count)
    for number in byteCounts.indices {
      outputs.append(
        NDArray(
          storage: try ArrayStorage.allocate(
            byteCount: byteCounts[number], zeroed: false, for: "result"),
          dtype: plan.outputs[number].dtype, shape: plan.outputs[number].shape,
          strides: plan.outputs[number].strides))
    }
    let workspace = try workspaces?.take()
    defer { if let workspace { workspaces?.giveBack(workspace) } }
    try withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: bases.count) {
      base in
      bases.fill(base, inputs, plan.constants, outputs, workspace?.base)
      let base = UnsafeBufferPointer(base)
      for step in steps { try step.run(base, threads: threads) }
    }
    return resultsAreOutputs ? outputs : plan.results.map { view($0, inputs, outputs) }
  }

  /// The array that a result is.
  private func view(
    _ result: LaunchPlan.ResultView, _ inputs: [NDArray], _ outputs: [NDArray]
  ) -> NDArray {
    let base: NDArray
    switch result.address.place {
    case .input(let number): base = inputs[number]
    case .constant(let number): base = plan.constants[number]
    case .output(let number): base = outputs[number]
    // The binder puts what is returned into an output.
    case .workspace: preconditionFailure("execute: a result lies in the workspace")
    }
    return NDArray(
      storage: base.storage, dtype: result.dtype, shape: result.shape, strides: result.strides,
      offset: base.offset + result.address.byteOffset / result.dtype.byteCount)
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
    _ base: UnsafeMutableBufferPointer<UnsafeMutableRawPointer>, _ inputs: [NDArray],
    _ constants: [NDArray], _ outputs: [NDArray], _ workspace: UnsafeMutableRawPointer?
  ) {
    for number in 0..<inputCount {
      base.initializeElement(at: number, to: inputs[number].start)
    }
    for number in constants.indices {
      base.initializeElement(at: inputCount + number, to: constants[number].start)
    }
    for number in outputs.indices {
      base.initializeElement(at: inputCount + constantCount + number, to: outputs[number].start)
    }
    if let workspace { base.initializeElement(at: count - 1, to: workspace) }
  }
}

/// Blocks of memory for intermediates, kept from call to call.
final class WorkspacePool: Sendable {
  private let byteCount: Int
  private let free = Mutex<[ArrayStorage]>([])

  /// How many blocks are kept: as many calls run at once without allocating.
  private static let most = 8

  init(byteCount: Int) { self.byteCount = byteCount }

  func take() throws(ArrayError) -> ArrayStorage {
    if let block = free.withLock({ $0.popLast() }) { return block }
    return try ArrayStorage.allocate(byteCount: byteCount, zeroed: false, for: "workspace")
  }

  func giveBack(_ block: ArrayStorage) {
    free.withLock { if $0.count < Self.most { $0.append(block) } }
  }
}
