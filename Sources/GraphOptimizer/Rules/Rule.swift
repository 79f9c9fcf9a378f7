import Scalars

precedencegroup RewritingPrecedence {
  lowerThan: LogicalDisjunctionPrecedence
}

/// "Becomes", between the two sides of a rule.
infix operator => : RewritingPrecedence

/// The two sides of a rule.
struct Rewriting: Sendable {
  let pattern: Term
  let replacement: Term
}

func => (pattern: Term, replacement: Term) -> Rewriting {
  Rewriting(pattern: pattern, replacement: replacement)
}

/// A form of expression that may be replaced by a better one of the same value.
struct Rule: Sendable {
  /// What happens, in kebab-case: `add-zero`.
  let name: String
  let pattern: Term
  let replacement: Term
  /// What has to hold of the matched values.
  let conditions: [Condition]
  /// Whether the replacement may round otherwise.
  let rounding: Rounding
  /// The variables of the pattern that the replacement does without.
  let dropped: Set<Term.Variable>
  /// Whether the replacement may apply an operation to two values that the pattern applied none to.
  let regroups: Bool
  /// Whether it makes one operation of a product and a sum: not of a product that is used elsewhere too, itself or
  /// its negative. What is added might be made of that, and the sum would leave what its rounding took.
  let contracts: Bool
  /// The operations right below the pattern's root, and whether a constant is there too: what is
  /// looked at first, for most rules fail on it.
  let operandOps: [ScalarOp]
  let needsConstant: Bool

  init(
    _ name: String, _ rewriting: Rewriting, where conditions: Condition...,
    rounding: Rounding = .same
  ) {
    self.name = name
    (pattern, replacement) = (rewriting.pattern, rewriting.replacement)
    self.conditions = conditions
    self.rounding = rounding
    dropped = pattern.variables.subtracting(replacement.variables)
    regroups = replacement.variables.count { !$0.isConstant } > 2
    contracts = replacement.op == .fma
    let operands = pattern.operands
    operandOps = operands.compactMap(\.op)
    needsConstant = operands.contains { $0.op == nil && $0.isConstant }
  }

  /// What has to hold of the value that matched a variable.
  enum Condition: Sendable {
    case floating(Term)
    case integer(Term)
    /// A float or a signed integer.
    case signed(Term)
    case bool(Term)
    /// A scalar constant that is plus or minus a power of two and has an exact reciprocal.
    case powerOfTwo(Term)
    /// No element is below zero, as its operation shows.
    case nonNegative(Term)
  }

  /// Whether both sides have the same bits, but for the sign of zeros and of NaN.
  enum Rounding: Sendable { case same, differs }
}

extension Rule: CustomStringConvertible {
  /// The rule as its table has it: `log1p: log(x + 1) => log1p(x)`.
  var description: String {
    let notes = conditions.map { "\($0)" } + (rounding == .differs ? ["rounding differs"] : [])
    let suffix = notes.isEmpty ? "" : ", " + notes.joined(separator: ", ")
    return "\(name): \(pattern) => \(replacement)\(suffix)"
  }
}

extension Rule.Condition: CustomStringConvertible {
  /// The condition as a phrase: `x floating`.
  var description: String {
    switch self {
    case .floating(let term): "\(term) floating"
    case .integer(let term): "\(term) integer"
    case .signed(let term): "\(term) signed"
    case .bool(let term): "\(term) bool"
    case .powerOfTwo(let term): "\(term) a power of two"
    case .nonNegative(let term): "\(term) not negative"
    }
  }
}
