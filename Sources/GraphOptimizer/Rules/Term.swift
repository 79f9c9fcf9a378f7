import Scalars
import SymbolicGraph

/// An expression over one lane, as the two sides of rules write it.
indirect enum Term: Hashable, Sendable {
  /// Any value, or any scalar constant; equal letters stand for equal values.
  case variable(Variable)
  /// A scalar constant of this value, in the dtype of the operand beside it.
  case number(Double)
  /// A scalar operation.
  case apply(ScalarOp, [Term])

  /// The letters of rules.
  enum Variable: Int, CaseIterable, Sendable {
    /// Any value.
    case x, y, z, w, v
    /// A scalar constant.
    case a, b, c

    /// Whether only scalar constants match.
    var isConstant: Bool {
      switch self {
      case .x, .y, .z, .w, .v: false
      case .a, .b, .c: true
      }
    }
  }
}

extension Term: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  init(integerLiteral value: Int) { self = .number(Double(value)) }
  init(floatLiteral value: Double) { self = .number(value) }
}

extension Term {
  /// The variables in it.
  var variables: Set<Variable> {
    switch self {
    case .variable(let variable): [variable]
    case .number: []
    case .apply(_, let operands): operands.reduce(into: []) { $0.formUnion($1.variables) }
    }
  }

  /// The operation at its root, if it is not a variable or a number.
  var op: ScalarOp? { if case .apply(let op, _) = self { op } else { nil } }

  /// The terms right below its root.
  var operands: [Term] { if case .apply(_, let operands) = self { operands } else { [] } }

  /// Whether every part of it is a scalar constant, so that it is computed while rewriting.
  var isConstant: Bool { variables.allSatisfy(\.isConstant) }

  /// Its time, and a little for its length: what every rule makes less of.
  ///
  /// A change of sign is nearly free, so that a rule may add one; parts without variables are free
  /// but for the constant that they become.
  var weight: Int {
    switch self {
    case .variable, .number: 1
    case .apply where isConstant: 1
    case .apply(let op, let operands):
      operands.reduce(op == .neg ? 1 : 3 * op.definition.cost) { $0 + $1.weight }
    }
  }
}

extension Term: CustomStringConvertible {
  /// The term as a rule is written: `log(x + 1)`.
  var description: String {
    switch self {
    case .variable(let variable): return "\(variable)"
    case .number(let value):
      return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    case .apply(.neg, let operands): return "-" + operands[0].grouped
    case .apply(.not, let operands): return ".!" + operands[0].grouped
    case .apply(let op, let operands):
      if let sign = op.infix { return "\(operands[0].grouped) \(sign) \(operands[1].grouped)" }
      return "\(op.rawValue)(\(operands.map(\.description).joined(separator: ", ")))"
    }
  }

  /// The term in parentheses if it is not of one piece.
  private var grouped: String {
    if case .apply(let op, _) = self, op.infix != nil { "(\(self))" } else { description }
  }
}

extension ScalarOp {
  /// The operator that stands for the operation in expressions, if there is one.
  fileprivate var infix: String? {
    switch self {
    case .add: "+"
    case .sub: "-"
    case .mul: "*"
    case .div: "/"
    case .mod: "%"
    case .pow: "**"
    case .eq: ".=="
    case .ne: ".!="
    case .lt: ".<"
    case .le: ".<="
    case .gt: ".>"
    case .ge: ".>="
    case .and: ".&"
    case .or: ".|"
    case .xor: ".^"
    case .floorDiv, .neg, .fma, .not, .where, .cast, .abs, .sign, .floor, .ceil, .round, .trunc,
      .minimum, .maximum, .clip, .sqrt, .square, .reciprocal, .exp, .expm1, .log, .log1p, .sin,
      .cos,
      .tan, .tanh, .sigmoid, .softplus, .relu, .erf, .erfc, .erfcx, .logErfc, .log1mexp:
      nil
    }
  }
}
