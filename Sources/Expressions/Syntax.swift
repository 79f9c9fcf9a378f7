import Scalars

/// A parsed expression, and where it stands.
struct Syntax: Sendable {
  indirect enum Form: Sendable {
    case integer(UInt64)
    case real(Double)
    case name(String)
    case text(String)
    /// Several in parentheses or brackets.
    case list([Syntax])
    case prefix(PrefixOperator, Syntax)
    case infix(InfixOperator, Syntax, Syntax)
    /// A function, what it was called on, if with a dot, and its arguments.
    case call(String, receiver: Syntax?, [Argument])
    case attribute(Syntax, String)
    case selection(Syntax, [Index])
  }

  /// What a function is called with.
  struct Argument: Sendable {
    let name: String?
    let value: Syntax
    /// The name, where there is one, and the value.
    let columns: Range<Int>
  }

  /// One of the parts between brackets.
  enum Index: Sendable {
    case value(Syntax)
    case slice(from: Syntax?, to: Syntax?, step: Syntax?)
    case ellipsis
  }

  let form: Form
  /// The characters that it takes, counted from 0.
  let columns: Range<Int>
  /// The column of what it does: an operator, the name of a function.
  let mark: Int
  /// How many parts lie within each other.
  private let depth: Int
  /// How many operators stand in a row.
  private let length: Int

  /// How deep expressions may be nested: the rest of the way walks through them recursively.
  static let deepest = 100
  /// How long a chain of operators may be: it is let go of recursively.
  static let longest = 1000

  init(
    _ form: Form, _ columns: Range<Int>, mark: Int? = nil, parts: [Syntax] = []
  ) throws(ExpressionError) {
    (self.form, self.columns, self.mark) = (form, columns, mark ?? columns.lowerBound)
    if case .infix(_, let left, let right) = form, case .infix = left.form {
      (depth, length) = (max(left.depth, right.depth + 1), left.length + 1)
    } else {
      (depth, length) = (1 + (parts.lazy.map(\.depth).max() ?? 0), 1)
    }
    if depth > Self.deepest { throw .tooDeep(Self.deepest, at: self.mark) }
    if length > Self.longest { throw .tooLong(Self.longest, at: self.mark) }
  }
}
