/// Writes expressions that hold others, however deep, with a stack of its own.
enum NestedText<Term> {
  /// Part of what stands for a term.
  enum Piece {
    case text(String)
    case term(Term)
  }

  /// Returns the text of `root`, each term replaced by what `expand` says stands for it.
  static func write(_ root: Term, expand: (Term) -> [Piece]) -> String {
    var text = ""
    var pending: [Piece] = [.term(root)]
    while let piece = pending.popLast() {
      switch piece {
      case .text(let part): text += part
      case .term(let term): pending += expand(term).reversed()
      }
    }
    return text
  }
}

extension Array {
  /// Terms with `separator` between them, between `open` and `close`.
  static func list<Term>(
    _ terms: [Term], open: String, separator: String = ", ", close: String = ")"
  ) -> [Element] where Element == NestedText<Term>.Piece {
    var pieces: [Element] = [.text(open)]
    for (position, term) in terms.enumerated() {
      if position > 0 { pieces.append(.text(separator)) }
      pieces.append(.term(term))
    }
    return pieces + [.text(close)]
  }
}
