import Arrays
import Glibc
import Scalars
import SymbolicGraph

/// Makes tensors of a parsed expression.
struct Builder {
  let inputs: [String: Tensor]

  /// What names stand for that no input bears.
  private static let constants: [String: Value] = {
    var table: [String: Value] = [
      "True": .flag(true), "False": .flag(false), "None": .none, "newaxis": .none,
      "pi": .real(.pi), "e": .real(2.718281828459045), "inf": .real(.infinity), "nan": .real(.nan),
    ]
    for dtype in DType.allCases { table[dtype.rawValue] = .dtype(dtype) }
    return table
  }()

  /// Returns the operand that `syntax` stands for.
  func tensor(_ syntax: Syntax) throws(ExpressionError) -> Tensor {
    let value = try value(syntax)
    guard let operand = value.operand else {
      throw .notAnOperand(value.description, at: syntax.columns)
    }
    return operand
  }

  func value(_ syntax: Syntax) throws(ExpressionError) -> Value {
    switch syntax.form {
    case .integer(let value):
      return Int(exactly: value).map { .integer($0) } ?? .wideInteger(value)
    case .real(let value): return .real(value)
    case .text(let text): return .text(text)
    case .name(let name): return try named(name, syntax)
    case .list(let parts):
      var values: [(value: Value, syntax: Syntax)] = []
      for part in parts { values.append((try value(part), part)) }
      return .list(values)
    case .prefix(let operation, let operand): return try prefix(operation, operand, syntax)
    case .infix: return try infixes(syntax)
    case .call(let name, let receiver, let arguments):
      return .tensor(try call(name, receiver, arguments, syntax))
    case .attribute(let operand, let name):
      guard name == "T" else {
        let isFunction = FunctionRow.table[name] != nil
        throw .unknownAttribute(name, isFunction: isFunction, at: syntax.columns, mark: syntax.mark)
      }
      return .tensor(try checked(try tensor(operand).transpose(), syntax))
    case .selection(let operand, let indices):
      let tensor = try tensor(operand)
      return .tensor(try checked(try selection(of: tensor, indices), syntax))
    }
  }

  private func named(_ name: String, _ syntax: Syntax) throws(ExpressionError) -> Value {
    if let input = inputs[name] { return .tensor(input) }
    if let constant = Self.constants[name] { return constant }
    if let row = FunctionRow.table[name] {
      throw .functionWithoutCall(row.signature, name, at: syntax.columns)
    }
    throw .unknownInput(
      name, inputs: inputs.keys.sorted(),
      others: Self.constants.keys.sorted() + FunctionRow.table.keys.sorted(), at: syntax.columns)
  }

  /// Returns the tensor, or its mistake with the place that made it.
  func checked(_ tensor: Tensor, _ syntax: Syntax) throws(ExpressionError) -> Tensor {
    do {
      _ = try tensor.type
      return tensor
    } catch {
      guard let first = error.errors.first else { return tensor }
      throw .graph(first, at: syntax.columns, mark: syntax.mark)
    }
  }

  // MARK: - Operators

  private func prefix(
    _ operation: PrefixOperator, _ operand: Syntax, _ syntax: Syntax
  ) throws(ExpressionError) -> Value {
    let value = try value(operand)
    if let literal = value.literal {
      let result =
        switch operation {
        case .minus: -literal
        case .plus: literal
        case .not: ~literal
        }
      return try LiteralArithmetic.value(result, operation.rawValue, syntax)
    }
    guard let tensor = value.operand else {
      throw .notAnOperand(value.description, at: operand.columns)
    }
    switch operation {
    case .minus: return .tensor(try checked(-tensor, syntax))
    case .plus: return .tensor(tensor)
    case .not: return .tensor(try checked(.!tensor, syntax))
    }
  }

  /// Computes a chain of operators that group to the left, `a + b - c`, without a call for each.
  private func infixes(_ syntax: Syntax) throws(ExpressionError) -> Value {
    var pending: [(operation: InfixOperator, right: Syntax, whole: Syntax)] = []
    var first = syntax
    while case .infix(let operation, let left, let right) = first.form {
      pending.append((operation, right, first))
      first = left
    }
    var result = try value(first)
    var columns = first.columns
    for (operation, right, whole) in pending.reversed() {
      result = try infix(operation, (result, columns), (try value(right), right.columns), whole)
      columns = whole.columns
    }
    return result
  }

  private func infix(
    _ operation: InfixOperator, _ left: (value: Value, columns: Range<Int>),
    _ right: (value: Value, columns: Range<Int>), _ syntax: Syntax
  ) throws(ExpressionError) -> Value {
    if let m = left.value.literal, let n = right.value.literal,
      let folded = try LiteralArithmetic.value(operation, m, n, syntax)
    {
      return folded
    }
    var operands: [Tensor] = []
    for (value, columns) in [left, right] {
      guard let operand = value.operand else { throw .notAnOperand(value.description, at: columns) }
      operands.append(operand)
    }
    let result =
      operation.operation.map { Tensor.elementwise($0, of: operands) }
      ?? matmul(operands[0], operands[1])
    return .tensor(try checked(result, syntax))
  }
}

/// What operators make of two integers as written, so that `28 * 28` can be a length, and `10 ** -3` is 0.001.
private enum LiteralArithmetic {
  /// Returns the result, or nil for an operator that takes these integers as arrays.
  static func value(
    _ operation: InfixOperator, _ m: Int128, _ n: Int128, _ syntax: Syntax
  ) throws(ExpressionError) -> Value? {
    let result: (partialValue: Int128, overflow: Bool)
    switch operation.operation {
    case .add: result = m.addingReportingOverflow(n)
    case .sub: result = m.subtractingReportingOverflow(n)
    case .mul: result = m.multipliedReportingOverflow(by: n)
    case .pow where n >= 0: result = power(m, n)
    case .pow where m == 0: throw .powerOfZero(at: syntax.columns, mark: syntax.mark)
    case .pow: return .real(Glibc.pow(Double(m), Double(n)))
    case .floorDiv where n > 0: result = (m / n - (m % n < 0 ? 1 : 0), false)
    case .mod where n > 0: result = (m % n + (m % n < 0 ? n : 0), false)
    default: return nil
    }
    return try value(result.overflow ? nil : result.partialValue, operation.symbol, syntax)
  }

  /// Returns what an operator made, if it fits into 64 bits.
  static func value(
    _ result: Int128?, _ symbol: String, _ syntax: Syntax
  ) throws(ExpressionError) -> Value {
    guard let value = result.flatMap(Value.init(literal:)) else {
      throw .integerOverflow(symbol, at: syntax.columns, mark: syntax.mark)
    }
    return value
  }

  private static func power(
    _ base: Int128, _ exponent: Int128
  ) -> (partialValue: Int128, overflow: Bool) {
    if (-1...1).contains(base) {
      return (base == -1 ? (exponent % 2 == 0 ? 1 : -1) : exponent == 0 ? 1 : base, false)
    }
    var result: Int128 = 1
    for _ in 0..<min(exponent, 64) {
      let (next, overflow) = result.multipliedReportingOverflow(by: base)
      if overflow { return (0, true) }
      result = next
    }
    return (result, exponent > 63)
  }
}
