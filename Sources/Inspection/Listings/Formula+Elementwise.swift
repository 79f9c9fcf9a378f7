import Arrays
import Scalars
import SymbolicGraph

extension Formula {
  /// An application of a scalar operation, and how strongly it binds.
  // swift-format-ignore
  func elementwise(_ op: ScalarOp, _ x: [Int], _ dtype: DType) -> (Level, [Piece]) {
    switch op {
    case .add: infix(.sum, x, " + ", right: .sum)
    case .sub: infix(.sum, x, " - ", right: .quotient)
    case .mul: infix(.product, x, "·", right: .product)
    case .div: infix(.quotient, x, " / ", right: .factor)
    case .mod: infix(.quotient, x, " mod ", right: .factor)
    case .eq: infix(.comparison, x, " = ", left: .sum, right: .sum)
    case .ne: infix(.comparison, x, " ≠ ", left: .sum, right: .sum)
    case .lt: infix(.comparison, x, " < ", left: .sum, right: .sum)
    case .le: infix(.comparison, x, " ≤ ", left: .sum, right: .sum)
    case .gt: infix(.comparison, x, " > ", left: .sum, right: .sum)
    case .ge: infix(.comparison, x, " ≥ ", left: .sum, right: .sum)
    case .and: infix(.conjunction, x, " ∧ ", right: .conjunction)
    case .or: infix(.disjunction, x, " ∨ ", right: .disjunction)
    case .xor: infix(.disjunction, x, " ⊕ ", right: .conjunction)
    case .not: (.factor, [.text("¬"), place(x[0], .factor)])
    case .neg: (.product, [.text("-"), place(x[0], isNegative(x[0]) ? .factor : .product)])
    case .pow: power(x[0], exponent(x[1]))
    case .square: power(x[0], [.text("²")])
    case .reciprocal: (.quotient, [.text("1 / "), place(x[0], .factor)])
    case .fma: fusedMultiplyAdd(x)
    case .sqrt: (.power, [.text("√"), place(x[0], .atom)])
    case .abs: (.atom, [.text("|"), place(x[0], .any), .text("|")])
    case .floor: (.atom, [.text("⌊"), place(x[0], .any), .text("⌋")])
    case .ceil: (.atom, [.text("⌈"), place(x[0], .any), .text("⌉")])
    case .floorDiv: (.atom, [.text("⌊"), place(x[0], .product), .text(" / "), place(x[1], .factor), .text("⌋")])
    case .minimum: call("min", x)
    case .maximum: call("max", x)
    case .cast: call("\(dtype)", x)
    case .where, .sign, .round, .trunc, .clip, .exp, .expm1, .log, .log1p, .log1mexp, .sin, .cos,
      .tan, .tanh, .sigmoid, .softplus, .relu, .erf, .erfc, .erfcx, .logErfc:
      call(op.rawValue, x)
    }
  }

  private func place(_ number: Int, _ level: Level) -> Piece {
    .term(Term(number: number, level: level))
  }

  private func infix(
    _ level: Level, _ x: [Int], _ sign: String, left: Level? = nil, right: Level
  ) -> (Level, [Piece]) {
    // A sign behind an operator is set apart: a + (-b).
    let right = isNegative(x[1]) ? .factor : right
    return (level, [place(x[0], left ?? level), .text(sign), place(x[1], right)])
  }

  private func call(_ name: String, _ x: [Int]) -> (Level, [Piece]) {
    (.atom, .list(x.map { Term(number: $0) }, open: name + "("))
  }

  /// A product and what is added to it; its square, where the factors are one.
  private func fusedMultiplyAdd(_ x: [Int]) -> (Level, [Piece]) {
    let product: [Piece] =
      x[0] == x[1]
      ? [place(x[0], .atom), .text("²")]
      : [place(x[0], .product), .text("·"), place(x[1], isNegative(x[1]) ? .factor : .product)]
    return (.sum, product + [.text(" + "), place(x[2], isNegative(x[2]) ? .factor : .sum)])
  }

  private func power(_ base: Int, _ exponent: [Piece]) -> (Level, [Piece]) {
    (.power, [place(base, .atom)] + exponent)
  }

  /// Small whole numbers above the line, everything else behind a sign.
  private func exponent(_ number: Int) -> [Piece] {
    if let value = scalar(number)?.asDouble, value == value.rounded(), value.magnitude < 100 {
      let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
      let text = "\(Int(value.magnitude))".compactMap(\.wholeNumberValue).map { digits[$0] }
      return [.text((value < 0 ? "⁻" : "") + String(text))]
    }
    return [.text("^"), place(number, .atom)]
  }
}
