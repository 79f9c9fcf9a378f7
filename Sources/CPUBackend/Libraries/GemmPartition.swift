/// How a matrix product is cut into single-threaded calls so that the bits do not depend on the
/// threads.
///
/// Columns and the inner extent are cut by the shape (and the machine) alone. Rows may be cut
/// differently for each number of threads, at places where that changes no bit.
/// See Note: [Where a product may be cut].
struct GemmPartition {
  let m: Int, n: Int, k: Int
  /// How many parts the columns are cut into.
  let columnPanels: Int
  /// How many parts the inner extent is cut into, each with a result of its own to add up.
  let innerPanels: Int
  /// Rows in a panel, and how many pieces a panel is cut into.
  let rowPanel: Int, rowCuts: Int

  /// Rows are cut at multiples of this within a panel.
  static let rowUnit = 24
  #if arch(x86_64)
    /// The most rows in a panel, fewer than any core packs at once.
    static let longestRowPanel = 336 * rowUnit
  #else
    /// The most rows in a panel, fewer than any core packs at once.
    static let longestRowPanel = 168 * rowUnit
  #endif
  /// Products of fewer scalar products than this may take another path in the library.
  static let leastWork = 1 << 20
  /// The narrowest part of the columns: packing the other operand again costs it 2 %.
  static let narrowestColumnPanel = 1024
  /// The most elements, and the most rows, of a result that is computed as a sum of results, and the
  /// shortest inner part.
  static let largestSum = 16384, mostRowsOfSum = 95, shortestInnerPanel = 4096

  /// - Parameters:
  ///   - threads: how many threads may work.
  ///   - processors: how many the machine has, whatever part of them the process may use.
  init(m: Int, n: Int, k: Int, threads: Int, processors: Int) {
    (self.m, self.n, self.k) = (m, n, k)
    if Self.isOnePiece(m: m, n: n, k: k) {
      (columnPanels, innerPanels, rowPanel, rowCuts) = (1, 1, max(m, 1), 1)
      return
    }
    // Some 256 rows a thread pack the right operand often enough; with fewer, columns are shared
    // too.
    let wanted = min((256 * processors + m - 1) / m, n / Self.narrowestColumnPanel)
    columnPanels = max(1, wanted)
    innerPanels =
      m * n <= Self.largestSum && m <= Self.mostRowsOfSum
      ? min(32, max(1, k / Self.shortestInnerPanel)) : 1
    let panels = (m + Self.longestRowPanel - 1) / Self.longestRowPanel
    let unitsPerPanel = ((m + panels - 1) / panels + Self.rowUnit - 1) / Self.rowUnit
    rowPanel = panels == 1 ? m : unitsPerPanel * Self.rowUnit
    rowCuts = Self.rowCuts(
      m: m, lastPanel: m - (m - 1) / rowPanel * rowPanel, threads: threads,
      workPerRow: Double(n / columnPanels) * Double(k / innerPanels),
      otherPieces: columnPanels * innerPanels * panels)
  }

  /// Whether a product is too small to be cut.
  static func isOnePiece(m: Int, n: Int, k: Int) -> Bool {
    Double(m) * Double(n) * Double(k) < Double(2 * leastWork)
  }

  /// Returns how many pieces each panel of rows is cut into: one a thread, and more when they stay
  /// long, so that a thread that is held up leaves work to the others.
  private static func rowCuts(
    m: Int, lastPanel: Int, threads: Int, workPerRow: Double, otherPieces: Int
  ) -> Int {
    guard threads > 1 else { return 1 }
    let wanted = max(threads, min(4 * threads, m / 1024))
    var cuts = max(1, min(lastPanel / rowUnit, (wanted + otherPieces - 1) / otherPieces))
    // The last panel is the shortest; no part is shorter by more than a unit than if all were equal.
    while cuts > 1, Double(lastPanel / cuts - rowUnit) * workPerRow < Double(leastWork) {
      cuts -= 1
    }
    return cuts
  }

  var rowPanels: Int { (m + rowPanel - 1) / rowPanel }

  /// How many calls there are.
  var pieces: Int { rowPanels * rowCuts * columnPanels * innerPanels }

  /// What one call computes.
  struct Piece: Equatable {
    var rows: Range<Int>, columns: Range<Int>, inner: Range<Int>
    /// Which of the results to be added up it contributes to.
    var sum: Int
  }

  /// Returns call number `index`.
  func piece(_ index: Int) -> Piece {
    let (sum, rest) = index.quotientAndRemainder(dividingBy: rowPanels * rowCuts * columnPanels)
    let (column, row) = rest.quotientAndRemainder(dividingBy: rowPanels * rowCuts)
    return Piece(
      rows: rowRange(panel: row / rowCuts, cut: row % rowCuts),
      columns: Self.part(column, of: columnPanels, extent: n, unit: 16),
      inner: Self.part(sum, of: innerPanels, extent: k, unit: 16), sum: sum)
  }

  private func rowRange(panel: Int, cut: Int) -> Range<Int> {
    let start = panel * rowPanel
    let rows = Self.part(cut, of: rowCuts, extent: min(rowPanel, m - start), unit: Self.rowUnit)
    return start + rows.lowerBound..<start + rows.upperBound
  }

  /// Cuts `extent` into `parts` at those multiples of `unit` that are nearest to equal parts.
  private static func part(_ index: Int, of parts: Int, extent: Int, unit: Int) -> Range<Int> {
    func end(of count: Int) -> Int {
      count == parts ? extent : (2 * extent * count / parts + unit) / (2 * unit) * unit
    }
    return end(of: index)..<end(of: index + 1)
  }
}

// Note: [Where a product may be cut]
//
// OpenBLAS packs the right operand (ours; it sees transposes) in blocks whose height depends on the
// number of columns, and finishes each block with narrower kernels, some of which add in another
// order. So cutting columns changes bits, unless they are always cut in the same places. It takes
// the left operand, our rows, in groups of 4 to 24 from the top, in one go up to 4096 rows or more.
// Cutting rows at multiples of 24 from the top of a panel therefore gives every row the kernel that
// it has in the whole panel, or one that adds in the same order. Compared bit by bit for the cores
// Zen, Haswell, SkylakeX, Cooperlake, Sandybridge, Nehalem and Prescott of 0.3.21, both types, all
// transposes, alpha and beta: no difference in 5500 products; cut at any row, 40 to 95 % differ.
// Two exceptions bound the pieces: products below 10^6 scalar products may take a path without
// packing, and above 4096 rows (64-bit ARM) packing starts afresh.
