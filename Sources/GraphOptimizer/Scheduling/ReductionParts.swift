import KernelIR

/// How a reduction to few values is cut into parts, which depends on its kernel, sizes and strides alone.
///
/// Columns that are few are taken as many: every so many rows are one long row, whose columns are reduced
/// first. A pass down a narrow strip of columns would use little of each vector and nothing of other threads:
/// on Zen 3 the float32 sums of 3 columns of 10,000,000 rows take 48 ms by themselves, and 7 where 1,344 rows
/// are one. Rows that are few are cut into stretches, so that all threads have some. So are columns of some
/// kilobytes a row, so that threads have whole rows, and who is faster gets more of them.
struct ReductionParts {
  /// How many parts there are, and how many steps of the inner axis each has; some may be left over.
  let count: Int, length: Int
  /// Whether each part takes every so manieth step rather than steps that follow each other.
  let isInterleaved: Bool

  /// The columns that suit the memory, and the fewest that are made.
  private static let mostColumns = 4096, fewestColumns = 256
  /// How many rows shall remain for each column.
  private static let rows = 32
  /// Vectors and strips of them are multiples of this long.
  private static let unit = 32
  /// The points from which cutting pays.
  private static let fewestPoints = 4096
  /// The steps of a stretch, at least; the most stretches, and from how many rows on there are none.
  private static let shortest = 32_768, mostStretches = 64, fewRows = 32
  /// Of how many columns stretches of rows are made, and the rows of one: what comes of each stretch has to be
  /// written and read again.
  private static let stretchedColumns = 2049...8192, shortestRows = 480

  /// Returns nil where it is best to reduce in one go.
  init?(_ kernel: Kernel, _ layout: Layout, of accesses: [Int]) {
    guard kernel.outerCount == 1, layout.extents.count == 2 else { return nil }
    let (columns, steps) = (layout.extents[0], layout.extents[1])
    let strides = accesses.map { layout.strides[$0] }
    if strides.contains(where: { $0[1] == 1 }) {
      count = min(steps / Self.shortest, Self.mostStretches)
      guard count > 1, columns < Self.fewRows else { return nil }
      isInterleaved = false
    } else if Self.stretchedColumns ~= columns {
      count = min(steps / Self.shortestRows, Self.mostStretches)
      guard count > 1, strides.contains(where: { $0[0] == 1 && $0[1] != 0 }) else { return nil }
      isInterleaved = false
    } else {
      // What stays the same down a column can be repeated; all else has to be walked through in one stride.
      guard strides.allSatisfy({ $0[1] == 0 || $0[1] == $0[0] * columns }),
        strides.contains(where: { $0 == [1, columns] }), columns * steps >= Self.fewestPoints
      else { return nil }
      let width = max(Self.fewestColumns, min(Self.mostColumns, columns * steps / Self.rows))
      let granule = Self.unit >> min(columns.trailingZeroBitCount, Self.unit.trailingZeroBitCount)
      let wanted = width / columns
      count = wanted >= granule ? wanted / granule * granule : wanted
      guard count > 1, steps >= 4 * count else { return nil }
      isInterleaved = true
    }
    length = steps / count
  }

  /// The steps that are left over, which are one more part.
  func rest(of steps: Int) -> Int { steps - count * length }
}
