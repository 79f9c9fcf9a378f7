internal import Arrays

/// How a map is walked whose operands lie in different orders, such as `x + transpose(y)`: in tiles,
/// so that each cache line of `y` is read once and not once for each element.
public struct Tiling: Hashable, Sendable {
  /// The axis along which the operands that lie across are contiguous.
  public let axis: Int
  /// The accesses that read those operands.
  public let accesses: [Int]

  /// The most operands that lie across. A tile of each waits on the stack, some kilobytes.
  static let mostAccesses = 8

  /// The indices along `axis` that one unit of the parallel range covers: a cache line of float32, or
  /// half of one of bytes.
  public let height: Int
}

extension Kernel {
  /// The tiles of a map that reads along another axis than it writes; nil for every other kernel.
  public var tiling: Tiling? {
    guard innerCount == 0, outerCount > 1 else { return nil }
    let last = outerCount - 1
    let across = accesses.indices.filter { accesses[$0].steps[last] == .strided }
    guard let first = across.first, across.count <= Tiling.mostAccesses,
      across.allSatisfy({ !argument(ofAccess: $0).isOutput }),
      let axis = accesses[first].steps.firstIndex(of: .contiguous),
      across.allSatisfy({ accesses[$0].steps[axis] == .contiguous })
    else { return nil }
    let byteCount = argument(ofAccess: first).dtype.byteCount
    return Tiling(axis: axis, accesses: across, height: max(16, min(32, 64 / byteCount)))
  }

  /// The units of the range that a launch cuts into chunks: the points of the outer space, or of the
  /// inner one for a full reduction, or rows of tiles, or short rows.
  public func rangeCount(for layout: Layout) -> Int {
    let points = layout.count(isFullReduction ? 0..<axes.count : 0..<outerCount)
    if folding != nil { return points / max(layout.extents[outerCount - 1], 1) }
    guard let tiling, points > 0 else { return points }
    let extent = layout.extents[tiling.axis]
    return points / extent / layout.extents[outerCount - 1]
      * ((extent + tiling.height - 1) / tiling.height)
  }
}
