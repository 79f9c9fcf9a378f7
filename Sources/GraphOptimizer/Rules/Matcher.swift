import Arrays
import Scalars
import SymbolicGraph

/// What the variables of a pattern stand for.
struct Bindings {
  private var values = SIMD8<Int>(repeating: -1)
  /// The values that the pattern's inner operations matched.
  var interior: [Int] = []

  /// The value that a variable stands for, or nil while nothing has matched it.
  subscript(variable: Term.Variable) -> Int? {
    get { values[variable.rawValue] < 0 ? nil : values[variable.rawValue] }
    set { values[variable.rawValue] = newValue ?? -1 }
  }
}

/// Finds patterns in a graph.
struct Matcher {
  /// The values of the graph, as far as patterns ask about them.
  private(set) var values: [Value] = []

  /// What patterns ask about a value.
  struct Value {
    var op: ScalarOp?
    var operands: [Int] = []
    var scalar: Scalar?
    let dtype: DType
    /// Whether no element is below zero, as the operation shows.
    var isNonNegative = false
    /// Whether it is known to be used more than once, or its negative beside it.
    var isShared = false
  }

  /// Learns of the values that were added to the graph since the last time.
  mutating func catchUp(with graph: Graph) {
    for number in values.count..<graph.equations.count { append(graph.equations[number]) }
  }

  /// Learns that a value is used more than once, or its negative beside it.
  mutating func share(_ number: Int) { values[number].isShared = true }

  private mutating func append(_ equation: Graph.Equation) {
    var value = Value(dtype: equation.type.dtype)
    if let elementwise = equation.operation as? Elementwise {
      value.op = elementwise.op
      value.operands = equation.operands
    } else if let constant = equation.operation as? Constant {
      value.scalar = constant.scalar
    }
    value.isNonNegative = isNonNegative(equation, value)
    values.append(value)
  }

  private func isNonNegative(_ equation: Graph.Equation, _ value: Value) -> Bool {
    if let scalar = value.scalar { return scalar.asDouble >= 0 }
    if value.dtype.isUnsigned || value.dtype == .bool { return true }
    switch equation.operation.lowering {
    case .extent, .reduce(.argmin, _, _, _), .reduce(.argmax, _, _, _): return true
    // The greatest of no elements is minus infinity.
    case .reduce where (equation.operation as? Reduce)?.allowsEmpty == true: return false
    case .reduce(_, _, _, let accumulator):
      // Integers wrap, also to below zero.
      return accumulator.isFloating && value.dtype.isFloating
        && values[equation.operands[0]].isNonNegative
    case .elementwise(let op):
      return value.dtype.isFloating && isNonNegative(op, equation.operands)
    case .view: return values[equation.operands[0]].isNonNegative
    case .input, .constant, .concatenate, .matmul: return false
    }
  }

  /// Whether a floating result is never below zero (it may be NaN, or a zero with a sign).
  private func isNonNegative(_ op: ScalarOp, _ operands: [Int]) -> Bool {
    let isNonNegative = operands.map { values[$0].isNonNegative }
    return switch op {
    case .abs, .sqrt, .square, .exp, .sigmoid, .softplus, .relu, .erfc, .erfcx: true
    case .add, .mul, .minimum: isNonNegative.allSatisfy { $0 }
    case .maximum: isNonNegative.contains(true)
    case .where: isNonNegative[1] && isNonNegative[2]
    case .fma:
      isNonNegative[2] && (operands[0] == operands[1] || isNonNegative[0] && isNonNegative[1])
    case .div: isNonNegative[0] && isNonNegative[1] && isWithoutNegativeZero(operands[1])
    case .reciprocal: isNonNegative[0] && isWithoutNegativeZero(operands[0])
    case .cast, .sign, .floor, .ceil, .round, .trunc, .expm1, .log1p, .tanh, .erf: isNonNegative[0]
    case .sub, .floorDiv, .mod, .pow, .neg, .eq, .ne, .lt, .le, .gt, .ge, .and, .or, .xor, .not,
      .clip, .log, .log1mexp, .sin, .cos, .tan, .logErfc:
      false
    }
  }

  /// Whether a value, if it is not below zero, gives no minus infinity as a divisor.
  private func isWithoutNegativeZero(_ number: Int) -> Bool {
    let value = values[number]
    if let scalar = value.scalar { return scalar.asDouble != 0 }
    guard let op = value.op, op == .cast || op == .exp else { return false }
    return op == .exp || !values[value.operands[0]].dtype.isFloating
  }

  /// Returns the equation with scalar constants behind other operands where the order is free, and
  /// comparisons turned round to have them there. Patterns are written in this order.
  func ordered(_ equation: Graph.Equation) -> Graph.Equation {
    guard let elementwise = equation.operation as? Elementwise, equation.operands.count >= 2,
      values[equation.operands[0]].scalar != nil, values[equation.operands[1]].scalar == nil,
      let op = elementwise.op.mirrored
    else { return equation }
    var result = equation
    result.operation = Elementwise(op, elementwise.dtype)
    result.operands.swapAt(0, 1)
    return result
  }

  /// Returns what the variables of `rule` stand for where its pattern is `op` of `operands`.
  func match(_ rule: Rule, _ op: ScalarOp, _ operands: [Int]) -> Bindings? {
    guard case .apply(op, let terms) = rule.pattern, mayMatch(rule, operands) else { return nil }
    var bindings = Bindings()
    let isMatch = matchOperands(op, terms, operands, &bindings) { bindings in
      rule.conditions.allSatisfy { holds($0, bindings) }
        && !(rule.contracts && bindings.interior.contains { values[$0].isShared })
    }
    return isMatch ? bindings : nil
  }

  private func mayMatch(_ rule: Rule, _ operands: [Int]) -> Bool {
    for op in rule.operandOps where !operands.contains(where: { values[$0].op == op }) {
      return false
    }
    return !rule.needsConstant || operands.contains { values[$0].scalar != nil }
  }

  /// Matches the operands of an operation, in either order where that is the same, and then
  /// whatever `rest` matches.
  private func matchOperands(
    _ op: ScalarOp, _ terms: [Term], _ operands: [Int], _ bindings: inout Bindings,
    _ rest: (inout Bindings) -> Bool
  ) -> Bool {
    let before = bindings
    if matchAll(terms[...], operands[...], &bindings, rest) { return true }
    guard op.isCommutative, operands.count >= 2 else { return false }
    bindings = before
    var swapped = operands
    swapped.swapAt(0, 1)
    return matchAll(terms[...], swapped[...], &bindings, rest)
  }

  private func matchAll(
    _ terms: ArraySlice<Term>, _ values: ArraySlice<Int>, _ bindings: inout Bindings,
    _ rest: (inout Bindings) -> Bool
  ) -> Bool {
    guard let term = terms.first, let value = values.first else { return rest(&bindings) }
    return match(term, value, &bindings) { bindings in
      matchAll(terms.dropFirst(), values.dropFirst(), &bindings, rest)
    }
  }

  private func match(
    _ term: Term, _ number: Int, _ bindings: inout Bindings, _ rest: (inout Bindings) -> Bool
  ) -> Bool {
    let value = values[number]
    switch term {
    case .variable(let variable):
      if let known = bindings[variable] { return isSame(known, number) && rest(&bindings) }
      if variable.isConstant, value.scalar == nil { return false }
      bindings[variable] = number
      return rest(&bindings)
    case .number(let wanted):
      guard let number = value.scalar?.asDouble else { return false }
      return (number == wanted || number.isNaN && wanted.isNaN) && rest(&bindings)
    case .apply(let op, let terms):
      guard value.op == op else { return false }
      bindings.interior.append(number)
      return matchOperands(op, terms, value.operands, &bindings, rest)
    }
  }

  private func isSame(_ a: Int, _ b: Int) -> Bool {
    a == b || values[a].scalar != nil && values[a].scalar == values[b].scalar
  }

  private func holds(_ condition: Rule.Condition, _ bindings: Bindings) -> Bool {
    func value(_ term: Term) -> Value? {
      if case .variable(let variable) = term { bindings[variable].map { values[$0] } } else { nil }
    }
    return switch condition {
    case .floating(let term): value(term)?.dtype.isFloating == true
    case .integer(let term): value(term)?.dtype.isInteger == true
    case .signed(let term): value(term)?.dtype.isSigned == true
    case .bool(let term): value(term)?.dtype == .bool
    case .powerOfTwo(let term): value(term)?.scalar?.isPowerOfTwo == true
    case .nonNegative(let term): value(term)?.isNonNegative == true
    }
  }
}

extension ScalarOp {
  /// Whether the first two operands may change places.
  var isCommutative: Bool {
    switch self {
    case .add, .mul, .fma, .eq, .ne, .and, .or, .xor, .minimum, .maximum: true
    case .sub, .div, .floorDiv, .mod, .pow, .neg, .lt, .le, .gt, .ge, .not, .where, .cast, .abs,
      .sign, .floor, .ceil, .round, .trunc, .clip, .sqrt, .square, .reciprocal, .exp, .expm1, .log,
      .log1p, .sin, .cos, .tan, .tanh, .sigmoid, .softplus, .relu, .erf,
      .erfc, .erfcx, .logErfc, .log1mexp:
      false
    }
  }

  /// The operation that gives the same when the first two operands change places, if there is one.
  fileprivate var mirrored: ScalarOp? {
    switch self {
    case .lt: .gt
    case .le: .ge
    case .gt: .lt
    case .ge: .le
    default: isCommutative ? self : nil
    }
  }
}

extension Scalar {
  /// Whether the value is plus or minus a power of two whose reciprocal is exact and normal.
  fileprivate var isPowerOfTwo: Bool {
    guard case .float(let value, let dtype) = self, value.isNormal else { return false }
    let largest = dtype == .float32 ? 126 : 1022
    return value.significand == 1 && abs(value.exponent) <= largest
  }
}
