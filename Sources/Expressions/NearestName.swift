/// The name that somebody may have meant.
package enum NearestName {
  /// Returns the note that asks for it, or none where no name is near.
  package static func note(_ name: String, among known: [String]) -> [String] {
    nearest(to: name, among: known).map { ["did you mean '\($0)'?"] } ?? []
  }

  /// Returns the name that takes the fewest changes, at most one for every three characters; the first
  /// of those that take as many.
  static func nearest(to name: String, among known: [String]) -> String? {
    let limit = max(1, name.count / 3)
    let near = known.map { (name: $0, distance: distance(name, $0)) }
      .filter { $0.distance <= limit && $0.distance < name.count }
    return near.min { $0.distance < $1.distance }?.name
  }

  /// The number of characters to insert, remove, change or swap with a neighbour; case counts as
  /// nothing.
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.lowercased()), Array(b.lowercased()))
    // A name of a page's length is like no other, and comparing it takes its time.
    guard max(a.count, b.count) <= 64 else { return .max }
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        let change = rows[i][j] + (a[i] == b[j] ? 0 : 1)
        var best = min(rows[i][j + 1] + 1, row[j] + 1, change)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          best = min(best, rows[i - 1][j - 1] + 1)
        }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
