internal import Arrays
internal import KernelIR
internal import Scalars

/// Which axis of a kernel the lanes of its vectors lie along.
enum LaneAxis: Hashable {
  /// The last outer axis: each lane is a point of the outer space with accumulators of its own.
  case outer(Int)
  /// The last inner axis: the lanes of a point are combined at the end of each stage.
  case inner(Int)
  /// There are no axes.
  case none

  /// The number of the axis.
  var axis: Int? {
    switch self {
    case .outer(let axis), .inner(let axis): axis
    case .none: nil
    }
  }
}

extension Kernel {
  /// The axis that lanes lie along.
  var laneAxis: LaneAxis {
    guard outerCount > 0 else { return axes.isEmpty ? .none : .inner(axes.count - 1) }
    guard innerCount > 0 else { return .outer(outerCount - 1) }
    let (outer, inner) = (outerCount - 1, axes.count - 1)
    return isRatherColumns ? .outer(outer) : .inner(inner)
  }

  /// Whether lanes are points with accumulators of their own.
  var isColumns: Bool {
    if case .outer = laneAxis { innerCount > 0 } else { false }
  }
}
