/// A table whose rows can be printed one by one, as they come.
struct Table {
  /// A column: what stands over it, and how wide it is at least. The first is aligned to the left, the
  /// others to the right.
  struct Column {
    let title: String
    let width: Int

    init(_ title: String, width: Int = 0) {
      self.title = title
      self.width = max(width, title.count)
    }
  }

  let columns: [Column]

  init(_ columns: [Column]) { self.columns = columns }

  /// What stands over the rows.
  var heading: String { row(columns.map(\.title)) }

  /// One row.
  func row(_ cells: [String]) -> String {
    let padded = zip(columns, cells).enumerated().map { number, pair in
      let (column, cell) = pair
      let space = String(repeating: " ", count: max(0, column.width - cell.count))
      return number == 0 ? cell + space : space + cell
    }
    var line = padded.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line
  }
}
