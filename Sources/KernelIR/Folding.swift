public import Arrays

/// How a map over short rows, such as `points * scale` with three coordinates for each point, is walked: many rows
/// as if they were one long row.
///
/// What is the same for all rows, or for all elements of a row, waits in a buffer in which it lies as a long row does.
public struct Folding: Hashable, Sendable {
  /// The accesses that wait in a buffer.
  public let waiting: [Int]

  /// The most elements of rows that are folded.
  static let mostColumns = 32
  /// A long row has a multiple of so many rows, so that all of them begin with a cache line where the first does.
  public static let rowUnit = 64
  /// The most elements of a long row.
  public static let length = rowUnit * mostColumns
  /// The most accesses that wait; their buffers are on the stack.
  static let mostWaiting = 8

  /// The most elements of a row that are copies of one: a vector of which few lie across two lines of the cache.
  public static func lanes(of dtype: DType) -> Int { max(4, 16 / dtype.byteCount) }
}

extension Kernel {
  /// How the rows along the last axis are folded; nil for kernels other than maps, for long rows, and where rows
  /// that differ have gaps between them.
  public func folding(of layout: Layout) -> Folding? {
    guard innerCount == 0, outerCount > 1 else { return nil }
    let (across, along) = (outerCount - 2, outerCount - 1)
    let columns = layout.extents[along]
    guard (2...Folding.mostColumns).contains(columns) else { return nil }
    var waiting: [Int] = []
    for access in accesses.indices {
      switch (accesses[access].steps[across], accesses[access].steps[along]) {
      case (.broadcast, .broadcast): continue
      case (.broadcast, .contiguous): waiting.append(access)
      case (_, .broadcast) where columns <= Folding.lanes(of: argument(ofAccess: access).dtype):
        waiting.append(access)
      case (_, .contiguous) where layout.strides[access][across] == columns: continue
      default: return nil
      }
    }
    let isFit =
      waiting.count <= Folding.mostWaiting
      && waiting.allSatisfy { !argument(ofAccess: $0).isOutput }
    return isFit ? Folding(waiting: waiting) : nil
  }
}
