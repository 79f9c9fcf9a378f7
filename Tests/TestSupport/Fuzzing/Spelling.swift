package import Scalars
package import SymbolicGraph

/// How a program writes a scalar operation, as text and as the call itself.
package struct Spelling {
  /// The number of operands.
  package let arity: Int
  /// Makes the source text from those of the operands.
  package let text: ([String]) -> String
  /// Makes the tensor.
  package let apply: ([Tensor]) -> Tensor

  private static func infix(_ symbol: String, _ f: @escaping (Tensor, Tensor) -> Tensor) -> Spelling
  {
    Spelling(arity: 2, text: { "\($0[0]) \(symbol) \($0[1])" }, apply: { f($0[0], $0[1]) })
  }

  private static func prefix(_ symbol: String, _ f: @escaping (Tensor) -> Tensor) -> Spelling {
    Spelling(arity: 1, text: { "\(symbol)\($0[0])" }, apply: { f($0[0]) })
  }

  private static func function(_ name: String, _ f: @escaping (Tensor) -> Tensor) -> Spelling {
    Spelling(arity: 1, text: { "\(name)(\($0[0]))" }, apply: { f($0[0]) })
  }

  private static func function(
    _ name: String, _ f: @escaping (Tensor, Tensor) -> Tensor
  ) -> Spelling {
    Spelling(arity: 2, text: { "\(name)(\($0[0]), \($0[1]))" }, apply: { f($0[0], $0[1]) })
  }

  private static func function(
    _ name: String, _ f: @escaping (Tensor, Tensor, Tensor) -> Tensor
  ) -> Spelling {
    Spelling(
      arity: 3, text: { "\(name)(\($0.joined(separator: ", ")))" },
      apply: { f($0[0], $0[1], $0[2]) })
  }

  /// Returns the public spelling of `op`; nil for a cast, which has a dtype beside its operand, and
  /// for what only the optimizer writes.
  // swift-format-ignore
  package static func of(_ op: ScalarOp) -> Spelling? {
    switch op {
    case .add: infix("+", +)
    case .sub: infix("-", -)
    case .mul: infix("*", *)
    case .div: infix("/", /)
    case .mod: infix("%", %)
    case .pow: infix("**", **)
    case .floorDiv: function("floorDivide", floorDivide)
    case .neg: prefix("-", -)
    case .eq: infix(".==", .==)
    case .ne: infix(".!=", .!=)
    case .lt: infix(".<", .<)
    case .le: infix(".<=", .<=)
    case .gt: infix(".>", .>)
    case .ge: infix(".>=", .>=)
    case .and: infix(".&", .&)
    case .or: infix(".|", .|)
    case .xor: infix(".^", .^)
    case .not: prefix(".!", .!)
    case .where: function("`where`", `where`)
    case .abs: function("abs", abs)
    case .sign: function("sign", sign)
    case .floor: function("floor", floor)
    case .ceil: function("ceil", ceil)
    case .round: function("round", round)
    case .trunc: function("trunc", trunc)
    case .minimum: function("min", min)
    case .maximum: function("max", max)
    case .clip: function("clip", clip)
    case .sqrt: function("sqrt", sqrt)
    case .square: function("square", square)
    case .reciprocal: function("reciprocal", reciprocal)
    case .exp: function("exp", exp)
    case .expm1: function("expm1", expm1)
    case .log: function("log", log)
    case .log1p: function("log1p", log1p)
    case .log1mexp: function("log1mexp", log1mexp)
    case .sin: function("sin", sin)
    case .cos: function("cos", cos)
    case .tan: function("tan", tan)
    case .tanh: function("tanh", tanh)
    case .sigmoid: function("sigmoid", sigmoid)
    case .softplus: function("softplus", softplus)
    case .relu: function("relu", relu)
    case .erf: function("erf", erf)
    case .erfc: function("erfc", erfc)
    case .erfcx: function("erfcx", erfcx)
    case .logErfc: function("logErfc", logErfc)
    case .cast, .fma: nil
    }
  }
}
