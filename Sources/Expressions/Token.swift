/// A piece of an expression's text.
struct Token: Equatable {
  enum Kind: Equatable {
    case integer(UInt64)
    case real(Double)
    case name(String)
    /// What stands between quotation marks.
    case text(String)
    case symbol(String)
    case end
  }

  let kind: Kind
  /// The characters that it takes, counted from 0.
  let columns: Range<Int>

  /// The token in a message: what was found.
  var text: String {
    switch kind {
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .name(let name): "'\(name)'"
    case .text(let text): "the text '\(text)'"
    case .symbol(let symbol): "'\(symbol)'"
    case .end: "the end"
    }
  }
}
