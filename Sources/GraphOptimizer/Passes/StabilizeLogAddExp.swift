import Arrays
import Scalars
package import SymbolicGraph

/// Computes the logarithm of a sum of three or more exponentials, one of which may be the number 1,
/// without overflow: `log(exp(x) + exp(y) + exp(z))` as that of `exp(log(exp(x) + exp(y))) + exp(z)`.
///
/// Sums of two are rules.
package struct StabilizeLogAddExp: Pass {
  package let name = "stabilize-log-add-exp"

  package init() {}

  /// How many terms a sum may have.
  private static let most = 32

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    graph.rebuilt(&trace) { result, equation, trace in
      guard let (exponents, hasOne) = Self.exponents(of: equation, in: result) else {
        return result.append(equation)
      }
      trace.fire("stabilize-log-add-exp/pairs")
      let origins = equation.origins
      var sum = exponents[0]
      for exponent in exponents.dropFirst() {
        sum = result.appendLogAddExp(sum, exponent, origins)
      }
      return hasOne ? result.appendElementwise(.softplus, [sum], origins) : sum
    }
  }

  /// The exponents in the sum that a logarithm is taken of, and whether 1 is added to them.
  private static func exponents(
    of equation: Graph.Equation, in graph: Graph
  ) -> (exponents: [Int], hasOne: Bool)? {
    guard let op = (equation.operation as? Elementwise)?.op, op == .log || op == .log1p,
      graph.op(equation.operands[0]) == .add
    else { return nil }
    var ones = op == .log1p ? 1 : 0
    var exponents: [Int] = []
    var pending = [equation.operands[0]]
    while let value = pending.popLast() {
      switch graph.op(value) {
      case .add?: pending += graph.equations[value].operands.reversed()
      case .exp?: exponents.append(graph.equations[value].operands[0])
      default:
        guard graph.scalar(value)?.asDouble == 1 else { return nil }
        ones += 1
      }
      if exponents.count + pending.count > most || ones > 1 { return nil }
    }
    guard exponents.count + ones >= 3 else { return nil }
    // They may have been added in another order, in which alone they broadcast.
    return [exponents, exponents.reversed()].first(where: graph.broadcasts).map { ($0, ones == 1) }
  }
}

extension Graph {
  /// Whether values broadcast, one after the other.
  fileprivate func broadcasts(_ values: [Int]) -> Bool {
    let types = values.map { equations[$0].type }
    let joint = try? types.dropFirst().reduce(types[0]) {
      try Elementwise(.add, $0.dtype).resultType([$0, $1])
    }
    return joint != nil
  }

  /// The scalar operation of a value, if it is elementwise.
  func op(_ value: Int) -> ScalarOp? { (equations[value].operation as? Elementwise)?.op }

  /// The value, if it is a scalar constant.
  func scalar(_ value: Int) -> Scalar? { (equations[value].operation as? Constant)?.scalar }

  /// Adds `log(exp(x) + exp(y))` in the form of the rule of that name.
  fileprivate mutating func appendLogAddExp(_ x: Int, _ y: Int, _ origins: [Origin]) -> Int {
    let dtype = equations[x].type.dtype
    let ln2 = append(
      Equation(scalar: .float(0.6931471805599453, .float64).cast(to: dtype), origins: origins))
    let isEqual = appendElementwise(.eq, [x, y], origins)
    let doubled = appendElementwise(.add, [x, ln2], origins)
    let difference = appendElementwise(.sub, [x, y], origins)
    let magnitude = appendElementwise(.abs, [difference], origins)
    let distance = appendElementwise(.neg, [magnitude], origins)
    let rest = appendElementwise(.softplus, [distance], origins)
    let greater = appendElementwise(.maximum, [x, y], origins)
    let sum = appendElementwise(.add, [greater, rest], origins)
    return appendElementwise(.where, [isEqual, doubled, sum], origins)
  }
}
