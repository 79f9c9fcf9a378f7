import Scalars

/// An operator between two operands; the rows are in Python's order, loosest first.
struct InfixOperator: Sendable {
  let symbol: String
  let precedence: Int
  /// What it computes; nil for a matrix product.
  let operation: ScalarOp?

  var isComparison: Bool { precedence == 1 }
  /// Whether `a ** b ** c` is `a ** (b ** c)`.
  var groupsRight: Bool { precedence == Self.power }

  static let power = 8

  // swift-format-ignore
  static let table: [InfixOperator] = [
    InfixOperator(symbol: "<", precedence: 1, operation: .lt), InfixOperator(symbol: "<=", precedence: 1, operation: .le),
    InfixOperator(symbol: ">", precedence: 1, operation: .gt), InfixOperator(symbol: ">=", precedence: 1, operation: .ge),
    InfixOperator(symbol: "==", precedence: 1, operation: .eq), InfixOperator(symbol: "!=", precedence: 1, operation: .ne),
    InfixOperator(symbol: "|", precedence: 2, operation: .or),
    InfixOperator(symbol: "^", precedence: 3, operation: .xor),
    InfixOperator(symbol: "&", precedence: 4, operation: .and),
    InfixOperator(symbol: "+", precedence: 5, operation: .add), InfixOperator(symbol: "-", precedence: 5, operation: .sub),
    InfixOperator(symbol: "*", precedence: 6, operation: .mul), InfixOperator(symbol: "/", precedence: 6, operation: .div),
    InfixOperator(symbol: "//", precedence: 6, operation: .floorDiv), InfixOperator(symbol: "%", precedence: 6, operation: .mod),
    InfixOperator(symbol: "@", precedence: 6, operation: nil),
    InfixOperator(symbol: "**", precedence: power, operation: .pow),
  ]
}

/// An operator in front of its operand; it binds closer than all others but `**`.
enum PrefixOperator: String, Sendable, CaseIterable {
  case minus = "-", plus = "+", not = "~"

  static let precedence = 7
}
