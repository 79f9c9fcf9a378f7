import Arrays
import CPUBackend
import GraphOptimizer
import KernelIR
import Profiling

extension MemoryPlan {
  /// What a call takes at its peak.
  static func peakBytes(of launches: LaunchPlan) -> Int {
    resultBytes(of: launches) + launches.workspaceByteCount + launches.partialByteCount
  }

  private static func resultBytes(of launches: LaunchPlan) -> Int {
    launches.buffers.reduce(0) { $1.beginsResult ? $0 + $1.byteCount : $0 }
  }

  /// The memory of a plan that was bound to `layouts`.
  init(of launches: LaunchPlan, _ plan: Plan, _ layouts: [ArrayLayout]) {
    self.init()
    inputBytes = layouts.reduce(0) { $0 + $1.shape.reduce($1.dtype.byteCount, *) }
    constantBytes = launches.constants.reduce(0) { $0 + $1.count * $1.dtype.byteCount }
    resultBytes = Self.resultBytes(of: launches)
    workspaceBytes = launches.workspaceByteCount
    partialBytes = launches.partialByteCount
    workspaceBytesUnshared = launches.buffers.reduce(0) { $1.isResult ? $0 : $0 + $1.byteCount }
    peakBytesNotInPlace = (try? plan.bound(to: layouts, inPlace: false)).map(Self.peakBytes) ?? 0
    let names = plan.graph.valueNames
    let end = max(launches.steps.count - 1, 0)
    arrays = launches.buffers.map { buffer in
      let origins = buffer.value.map { plan.graph.equations[$0].origins } ?? []
      return PlannedArray(
        name: buffer.value.map { names[$0] } ?? buffer.label,
        array: ArrayDescription(
          dtype: buffer.dtype.rawValue, shape: buffer.shape, byteCount: buffer.byteCount,
          isInPlace: buffer.isInPlace),
        isResult: buffer.isResult, firstStep: buffer.beginsResult ? 0 : min(buffer.first, end),
        lastStep: min(buffer.last ?? end, end),
        place: origins.lazy.compactMap(\.location).first)
    }
    steps = launches.steps.enumerated().map { number, step in
      let held = arrays.reduce(0) { bytes, array in
        array.firstStep <= number && number <= array.lastStep
          ? bytes + array.array.byteCount : bytes
      }
      return PlannedStep(number: number, name: step.name, heldBytes: held)
    }
  }
}

extension LaunchPlan.Buffer {
  /// Whether it is returned.
  fileprivate var isResult: Bool { isOfOutput && last == nil }

  /// Whether it is the first in an array that is allocated for the caller.
  fileprivate var beginsResult: Bool { isOfOutput && !isInPlace }

  private var isOfOutput: Bool { if case .output = address.place { true } else { false } }
}
