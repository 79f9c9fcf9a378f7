extension IRWriter {
  /// The columns of a square of vectors.
  ///
  /// Shuffles within 16 bytes cost the least (on Zen 5, a quarter of a cycle and not 0.6), so squares of
  /// so many lanes come first, and then the square that these make.
  func transposed(_ rows: [IRValue], byteCount: Int) -> [IRValue] {
    let inner = min(rows.count, max(1, 16 / byteCount))
    let groups = stride(from: 0, to: rows.count, by: inner).map {
      columns(Array(rows[$0..<$0 + inner]), unit: 1, span: inner)
    }
    let outer = (0..<inner).map { place in
      columns(groups.map { $0[place] }, unit: inner, span: rows.count)
    }
    return rows.indices.map { outer[$0 % inner][$0 / inner] }
  }

  /// The columns of as many short rows as vectors have lanes; of each, as many as rows have elements.
  func transposedShort(_ rows: [IRValue]) -> [IRValue] {
    let span = rows[0].type.lanes
    // Squares side by side, of which each has rows that follow each other.
    let sides = (0..<span).map { first in
      joined(stride(from: first, to: rows.count, by: span).map { rows[$0] })
    }
    return columns(sides, unit: 1, span: span)
  }

  /// The short rows that columns of so many lanes are made of.
  func untransposedShort(_ columns: [IRValue]) -> [IRValue] {
    let span = columns.count, lanes = columns[0].type.lanes
    let sides = self.columns(columns, unit: 1, span: span)
    return (0..<lanes).map { part(of: sides[$0 % span], from: $0 / span * span, count: span) }
  }

  /// One vector after the other, as one; as many as a power of two.
  private func joined(_ vectors: [IRValue]) -> IRValue {
    if vectors.count == 1 { return vectors[0] }
    let half = vectors.count / 2
    let (a, b) = (joined(Array(vectors[..<half])), joined(Array(vectors[half...])))
    return shuffled(a, b, Array(0..<2 * a.type.lanes))
  }

  /// Some neighbouring lanes of a vector.
  private func part(of vector: IRValue, from first: Int, count: Int) -> IRValue {
    shuffled(vector, vector, Array(first..<first + count))
  }

  private func shuffled(_ a: IRValue, _ b: IRValue, _ picks: [Int]) -> IRValue {
    let mask = picks.map { "i32 \($0)" }.joined(separator: ", ")
    return assign(
      a.type.with(lanes: picks.count),
      "shufflevector \(a.typed), \(b.typed), <\(picks.count) x i32> <\(mask)>")
  }

  /// The columns of squares that lie side by side, each of `span` lanes in pieces of `unit`: once the
  /// even pieces of two rows are put together, and the odd ones, either half of the rows is left.
  private func columns(_ rows: [IRValue], unit: Int, span: Int) -> [IRValue] {
    if rows.count == 1 { return rows }
    let halves = [0, 1].map { parity in
      columns(
        stride(from: 0, to: rows.count, by: 2).map {
          pieces(parity, of: rows[$0], rows[$0 + 1], unit: unit, span: span)
        }, unit: unit, span: span)
    }
    return rows.indices.map { halves[$0 % 2][$0 / 2] }
  }

  /// In each run of `span` lanes, the even or the odd ones of `a` and then those of `b`.
  private func pieces(
    _ parity: Int, of a: IRValue, _ b: IRValue, unit: Int, span: Int
  ) -> IRValue {
    let lanes = a.type.lanes
    var picks: [Int] = []
    for run in stride(from: 0, to: lanes, by: span) {
      for source in [0, lanes] {
        for piece in stride(from: parity * unit, to: span, by: 2 * unit) {
          let first = source + run + piece
          picks += first..<first + unit
        }
      }
    }
    return shuffled(a, b, picks)
  }
}
