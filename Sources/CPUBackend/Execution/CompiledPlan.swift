package import Arrays
import KernelIR
import Synchronization

/// A launch plan with its machine code. Calls from any number of threads share nothing but constants.
package final class CompiledPlan: Sendable {
  private let plan: LaunchPlan
  private let steps: [CompiledStep]
  private let bases: BaseTable
  private let workspaces: WorkspacePool
  /// The allocation that each result is the whole of, where it is.
  private let wholeOutputs: [Int?]

  init(_ plan: LaunchPlan, _ kernels: [CompiledKernel?]) {
    self.plan = plan
    bases = BaseTable(plan)
    let table = bases
    steps = zip(plan.steps, kernels).map { CompiledStep($0, $1, table) }
    workspaces = WorkspacePool(byteCount: plan.workspaceByteCount)
    wholeOutputs = plan.results.map { result in
      guard case .output(let number) = result.address.place, result.address.byteOffset == 0,
        plan.outputs[number].shape == result.shape, plan.outputs[number].strides == result.strides
      else { return nil }
      return number
    }
  }

  /// Runs the plan on arrays that have the layouts it was bound to.
  ///
  /// - Parameter threads: How many threads may work at once, the caller included.
  /// - Throws: When memory for a result or an intermediate cannot be had.
  package func run(_ inputs: [NDArray], threads: Int) throws(ArrayError) -> [NDArray] {
    var outputs: [NDArray] = []
    outputs.reserveCapacity(plan.outputs.count)
    for output in plan.outputs {
      outputs.append(
        NDArray(
          storage: try ArrayStorage.allocate(
            byteCount: try NDArray.byteCount(output.dtype, output.shape, for: "result"),
            zeroed: false, for: "result"),
          dtype: output.dtype, shape: output.shape, strides: output.strides))
    }
    let workspace = try workspaces.take()
    defer { workspaces.giveBack(workspace) }
    withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: bases.count) { base in
      bases.fill(base, inputs, plan.constants, outputs, workspace)
      for step in steps { step.run(UnsafeBufferPointer(base), threads: threads) }
    }
    var results: [NDArray] = []
    results.reserveCapacity(plan.results.count)
    for (result, whole) in zip(plan.results, wholeOutputs) {
      results.append(whole.map { outputs[$0] } ?? view(result, inputs, outputs))
    }
    return results
  }

  /// The array that a result is when it is not the whole of an allocation.
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
    let inputs = plan.addresses.compactMap { if case .input(let n) = $0.place { n + 1 } else { nil } }
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
    _ constants: [NDArray], _ outputs: [NDArray], _ workspace: ArrayStorage
  ) {
    var next = 0
    func add(_ pointer: UnsafeMutableRawPointer) {
      base.initializeElement(at: next, to: pointer)
      next += 1
    }
    for number in 0..<inputCount { add(inputs[number].start) }
    for constant in constants { add(constant.start) }
    for output in outputs { add(output.start) }
    add(workspace.base)
  }
}

/// Blocks of memory for intermediates, kept from call to call.
final class WorkspacePool: Sendable {
  private let byteCount: Int
  private let free = Mutex<[ArrayStorage]>([])
  private let empty: ArrayStorage?

  /// How many blocks are kept: as many calls run at once without allocating.
  private static let most = 8

  init(byteCount: Int) {
    self.byteCount = byteCount
    empty = byteCount == 0 ? try? ArrayStorage.allocate(byteCount: 0, zeroed: false, for: "workspace") : nil
  }

  func take() throws(ArrayError) -> ArrayStorage {
    if let empty { return empty }
    if let block = free.withLock({ $0.popLast() }) { return block }
    return try ArrayStorage.allocate(byteCount: byteCount, zeroed: false, for: "workspace")
  }

  func giveBack(_ block: ArrayStorage) {
    if empty != nil { return }
    free.withLock { if $0.count < Self.most { $0.append(block) } }
  }
}
