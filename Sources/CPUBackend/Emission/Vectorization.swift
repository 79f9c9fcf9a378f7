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
  /// The axis that lanes lie along: the outer one where fewer accesses would have to pick elements
  /// one by one.
  var laneAxis: LaneAxis {
    guard outerCount > 0 else { return axes.isEmpty ? .none : .inner(axes.count - 1) }
    guard innerCount > 0 else { return .outer(outerCount - 1) }
    let (outer, inner) = (outerCount - 1, axes.count - 1)
    return stridedCount(along: outer) < stridedCount(along: inner) ? .outer(outer) : .inner(inner)
  }

  /// How many accesses of looping stages move along `axis` in steps other than one element.
  private func stridedCount(along axis: Int) -> Int {
    let used = Set(stages.filter(\.loops).flatMap(\.accesses))
    return used.count { accesses[$0].steps[axis] == .strided }
  }
}

extension Stage {
  /// The numbers of the accesses that are read or written.
  var accesses: [Int] {
    sources.compactMap { if case .load(let access) = $0 { access } else { nil } }
      + stores.map(\.access)
  }
}

/// A group of vectors that are computed side by side.
struct Strip {
  /// The lanes of each vector.
  let lanes: Int
  /// The number of vectors.
  let units: Int
  /// Which lanes take part; nil for all.
  var mask: IRValue? = nil

  /// One lane of one vector.
  static let scalar = Strip(lanes: 1, units: 1)

  /// The elements of all vectors.
  var width: Int { lanes * units }
}

/// How the lane loop of some stages is cut: whole strips first, what is left over after them.
struct Cut {
  let main: Strip
  /// What takes the rest; one lane at a time, or vectors under a mask.
  let tail: Strip
  /// Whether the rest goes under a mask.
  let tailIsMasked: Bool

  /// Chooses the strips for `stages` with lanes along `axis`.
  init(_ stages: [StageProgram], of kernel: Kernel, along axis: Int, for target: VectorTarget) {
    let widest = stages.map(\.widestByteCount).max() ?? 8
    let lanes = target.vectorByteCount / widest
    let steps = stages.flatMap(\.stage.accesses).map { kernel.accesses[$0].steps[axis] }
    let isStrided = steps.contains(.strided)
    let states = stages.map { $0.stateByteCount * lanes / target.vectorByteCount }.reduce(0, +)
    let units = min(
      Self.units(lineCount: stages.map(\.lineCount).reduce(0, +)),
      Self.powerOfTwo(notAbove: target.registerCount / 2 / max(1, states)))
    main = Strip(lanes: lanes, units: isStrided ? 1 : units)
    tailIsMasked = target.hasMasks && !isStrided
    tail = Strip(lanes: tailIsMasked ? lanes : 1, units: 1)
  }

  /// Several vectors hide the latency of short programs; long ones hide it themselves, and more
  /// vectors would only make more code.
  private static func units(lineCount: Int) -> Int {
    lineCount <= 16 ? 4 : lineCount <= 48 ? 2 : 1
  }

  private static func powerOfTwo(notAbove limit: Int) -> Int {
    limit < 2 ? 1 : limit < 4 ? 2 : 4
  }
}
