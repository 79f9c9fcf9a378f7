import Arrays
import Scalars
import SymbolicGraph
import Testing

@testable import GraphOptimizer

/// A rule of the standard pipeline, as a test case.
struct RuleCase: CustomTestStringConvertible, Sendable {
  let set: RuleSet
  let entry: RuleSet.Entry
  var rule: Rule { entry.rule }
  var testDescription: String { "\(entry.name): \(rule.pattern) => \(rule.replacement)" }

  /// Every rule of every set.
  static let all = [RuleSet.canonicalize, .powers, .stabilize, .specialize].flatMap { set in
    set.ownRules.map { RuleCase(set: set, entry: $0) }
  }

  /// Whether what the conditions say about dtypes holds when operations work in `dtype`.
  func admits(_ dtype: DType) -> Bool {
    guard let dtypes = variableDTypes(for: dtype) else { return false }
    func found(_ term: Term) -> DType? {
      if case .variable(let variable) = term { dtypes[variable] } else { nil }
    }
    return rule.conditions.allSatisfy { condition in
      switch condition {
      case .floating(let term): found(term)?.isFloating == true
      case .integer(let term): found(term)?.isInteger == true
      case .signed(let term): found(term)?.isSigned == true
      case .bool(let term): found(term) == .bool
      case .powerOfTwo(let term): found(term)?.isFloating == true
      case .nonNegative: true
      }
    }
  }

  /// The dtypes of the pattern's variables when its operations work in `dtype`, or nil where one of
  /// them does not take it.
  func variableDTypes(for dtype: DType) -> [Term.Variable: DType]? {
    var dtypes: [Term.Variable: DType] = [:]
    let isWellTyped = assign(rule.pattern, rule.pattern.resultDType(dtype), dtype, &dtypes)
    return isWellTyped ? dtypes : nil
  }

  private func assign(
    _ term: Term, _ wanted: DType, _ lane: DType, _ dtypes: inout [Term.Variable: DType]
  ) -> Bool {
    switch term {
    case .variable(let variable):
      defer { dtypes[variable] = wanted }
      return dtypes[variable] == nil || dtypes[variable] == wanted
    case .number(let value):
      let scalar = Scalar.float(value, .float64)
      return wanted.isFloating || scalar.cast(to: wanted).asDouble == value
    case .apply(let op, let terms):
      let signature = op.definition.signature
      let operand: DType
      if case .comparison = signature {
        if wanted != .bool { return false }
        operand = lane
      } else {
        operand = wanted
      }
      if signature.operandDType(for: operand) != operand { return false }
      return terms.enumerated().allSatisfy { position, term in
        assign(term, op.isChoice && position == 0 ? .bool : operand, lane, &dtypes)
      }
    }
  }
}

extension Term {
  /// The dtype of the term when its operations work in `dtype`.
  func resultDType(_ dtype: DType) -> DType {
    switch self {
    case .variable, .number: dtype
    case .apply(.not, let terms): terms[0].resultDType(dtype)
    case .apply(let op, _): op.definition.signature.resultDType(for: dtype)
    }
  }

  /// The term over tensors.
  func tensor(_ values: [Variable: Tensor], _ dtype: DType) -> Tensor {
    switch self {
    case .variable(let variable): return values[variable] ?? Tensor(0)
    case .number(let value):
      return .constant(NDArray(scalar: Scalar.float(value, .float64).cast(to: dtype)))
    case .apply(let op, let terms):
      // Numbers take the dtype of their neighbours, or of the context where there is none.
      let lanes = terms.dropFirst(op.isChoice ? 1 : 0)
      let known = lanes.lazy.compactMap { $0.dtype(values) }.first ?? dtype
      let operands = terms.enumerated().map { position, term in
        term.tensor(values, op.isChoice && position == 0 ? .bool : known)
      }
      switch operands.count {
      case 1: return .elementwise(op, operands[0])
      case 2: return .elementwise(op, operands[0], operands[1])
      default: return .elementwise(op, operands[0], operands[1], operands[2])
      }
    }
  }

  private func dtype(_ values: [Variable: Tensor]) -> DType? {
    switch self {
    case .variable(let variable): values[variable]?.node.type?.dtype
    case .number: nil
    case .apply(let op, let terms):
      terms.dropFirst(op.isChoice ? 1 : 0).lazy.compactMap { $0.dtype(values) }.first
        .map(op.definition.signature.resultDType)
    }
  }

  /// The value of the term on one lane.
  func value(_ values: [Variable: Scalar], _ dtype: DType) -> Scalar {
    switch self {
    case .variable(let variable): return values[variable] ?? .zero(dtype)
    case .number(let value): return Scalar.float(value, .float64).cast(to: dtype)
    case .apply(let op, let terms):
      let lanes = terms.dropFirst(op.isChoice ? 1 : 0)
      let lane = lanes.lazy.compactMap { $0.laneDType(values) }.first ?? dtype
      let operands = terms.enumerated().map { position, term in
        term.value(values, op.isChoice && position == 0 ? .bool : lane)
      }
      return op.evaluate(operands, as: op.definition.signature.resultDType(for: lane))
    }
  }

  private func laneDType(_ values: [Variable: Scalar]) -> DType? {
    switch self {
    case .variable(let variable): values[variable]?.dtype
    case .number: nil
    case .apply(let op, let terms):
      terms.dropFirst(op.isChoice ? 1 : 0).lazy.compactMap { $0.laneDType(values) }.first
        .map(op.definition.signature.resultDType)
    }
  }
}
