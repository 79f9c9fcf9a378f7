import Arrays
import Glibc

extension ScalarOp {
  /// Everything the library knows about the operation: one row for each. Each returns by itself, as the
  /// compiler takes three times as long for all rows as one expression.
  // swift-format-ignore
  public var definition: Definition {
    switch self {
    case .add: return .row(.numeric(2), .instruction(.add), .binary({ $0 + $1 }, { $0 &+ $1 }))
    case .sub: return .row(.numeric(2), .instruction(.sub), .binary({ $0 - $1 }, { $0 &- $1 }))
    case .mul: return .row(.numeric(2), .instruction(.mul), .binary({ $0 * $1 }, { $0 &* $1 }))
    case .div: return .row(.floating(2), .instruction(.div), .binary({ $0 / $1 }, Integers.quotient), cost: 5)
    case .floorDiv: return .row(.numeric(2), .expansion(Expansions.floorDiv),
        .binary(Floats.floorQuotient, Integers.floorQuotient, unsigned: Integers.quotient), cost: 8)
    case .mod: return .row(.numeric(2), .expansion(Expansions.mod),
        .binary(Floats.modulus, Integers.modulus, unsigned: Integers.remainder), cost: 10)
    case .pow: return .row(.numeric(2), .expansion(Expansions.pow),
        .binary(Glibc.pow, Integers.power, unsigned: Integers.power), cost: 40, domain: 0...4)
    case .neg: return .row(.numeric(1), .instruction(.neg), .unary({ -$0 }, { 0 &- $0 }))
    case .fma: return .row(.floating(3), .instruction(.fma), .scalars(Floats.fusedMultiplyAdd))

    case .eq: return .row(.comparison, .instruction(.eq), .compare({ $0 == $1 }, { $0 == $1 }, unsigned: { $0 == $1 }))
    case .ne: return .row(.comparison, .instruction(.ne), .compare({ $0 != $1 }, { $0 != $1 }, unsigned: { $0 != $1 }))
    case .lt: return .row(.comparison, .instruction(.lt), .compare({ $0 < $1 }, { $0 < $1 }, unsigned: { $0 < $1 }))
    case .le: return .row(.comparison, .instruction(.le), .compare({ $0 <= $1 }, { $0 <= $1 }, unsigned: { $0 <= $1 }))
    case .gt: return .row(.comparison, .instruction(.gt), .compare({ $0 > $1 }, { $0 > $1 }, unsigned: { $0 > $1 }))
    case .ge: return .row(.comparison, .instruction(.ge), .compare({ $0 >= $1 }, { $0 >= $1 }, unsigned: { $0 >= $1 }))

    case .and: return .row(.logical(2), .instruction(.and), .binary(Floats.never, { $0 & $1 }))
    case .or: return .row(.logical(2), .instruction(.or), .binary(Floats.never, { $0 | $1 }))
    case .xor: return .row(.logical(2), .instruction(.xor), .binary(Floats.never, { $0 ^ $1 }))
    case .not: return .row(.logical(1), .instruction(.not), .scalars(Integers.complement))

    case .where: return .row(.choice, .instruction(.select), .scalars { x, _ in x[0].isTrue ? x[1] : x[2] })
    case .cast: return .row(.conversion, .instruction(.convert), .scalars { x, dtype in x[0].cast(to: dtype) })

    case .abs: return .row(.numeric(1), .instruction(.abs), .unary(Swift.abs, { $0 < 0 ? 0 &- $0 : $0 }, unsigned: { $0 }))
    case .sign: return .row(.numeric(1), .expansion(Expansions.sign), .unary(Floats.sign, { $0.signum() }, unsigned: { Swift.min($0, 1) }), cost: 3)
    case .floor: return .row(.numeric(1), .instruction(.floor), .unary({ $0.rounded(.down) }, { $0 }))
    case .ceil: return .row(.numeric(1), .instruction(.ceil), .unary({ $0.rounded(.up) }, { $0 }))
    case .round: return .row(.numeric(1), .instruction(.roundEven), .unary({ $0.rounded(.toNearestOrEven) }, { $0 }))
    case .trunc: return .row(.numeric(1), .instruction(.trunc), .unary({ $0.rounded(.towardZero) }, { $0 }))
    case .minimum: return .row(.numeric(2), .instruction(.min), .binary(Floats.minimum, Swift.min, unsigned: Swift.min), cost: 2)
    case .maximum: return .row(.numeric(2), .instruction(.max), .binary(Floats.maximum, Swift.max, unsigned: Swift.max), cost: 2)
    case .clip: return .row(.numeric(3), .expansion(Expansions.clip), .scalars(Floats.clip), cost: 4)

    case .sqrt: return .row(.floating(1), .instruction(.sqrt), .float1 { $0.squareRoot() }, cost: 8, domain: 0...8)
    case .square: return .row(.numeric(1), .expansion { $0[0] * $0[0] }, .unary({ $0 * $0 }, { $0 &* $0 }))
    case .reciprocal: return .row(.floating(1), .expansion { $0[0].constant(1) / $0[0] }, .float1 { 1 / $0 }, cost: 5)

    case .exp: return .row(.floating(1), .expansion(Expansions.exp), .float1(Glibc.exp), cost: 12)
    case .expm1: return .row(.floating(1), .expansion(Expansions.expm1), .float1(Glibc.expm1), cost: 12)
    case .log: return .row(.floating(1), .expansion(Expansions.log), .float1(Glibc.log), cost: 16, domain: 0.1...8)
    case .log1p: return .row(.floating(1), .expansion(Expansions.log1p), .float1(Glibc.log1p), cost: 16, domain: -0.9...8)
    case .log1mexp: return .row(.floating(1), .expansion(Expansions.log1mexp), .float1(Floats.log1mexp), cost: 27, domain: -8 ... -0.01)

    case .sin: return .row(.floating(1), .expansion(Expansions.sin), .float1(Glibc.sin), cost: 20)
    case .cos: return .row(.floating(1), .expansion(Expansions.cos), .float1(Glibc.cos), cost: 20)
    case .tan: return .row(.floating(1), .expansion(Expansions.tan), .float1(Glibc.tan), cost: 28, domain: -1.5...1.5)
    case .tanh: return .row(.floating(1), .expansion(Expansions.tanh), .float1(Glibc.tanh), cost: 20)

    case .sigmoid: return .row(.floating(1), .expansion(Expansions.sigmoid), .float1(Floats.sigmoid), cost: 17)
    case .softplus: return .row(.floating(1), .expansion(Expansions.softplus), .float1(Floats.softplus), cost: 27)
    case .relu: return .row(.numeric(1), .expansion(Expansions.relu), .unary({ Floats.maximum($0, 0) }, { Swift.max($0, 0) }, unsigned: { $0 }), cost: 2)
    case .erf: return .row(.floating(1), .expansion(Expansions.erf), .float1(Glibc.erf), cost: 24)
    case .erfc: return .row(.floating(1), .expansion(Expansions.erfc), .float1(Glibc.erfc), cost: 24)
    case .erfcx: return .row(.floating(1), .expansion(Expansions.erfcx), .float1(Floats.erfcx), cost: 24)
    case .logErfc: return .row(.floating(1), .expansion(Expansions.logErfc), .float1(Floats.logErfc), cost: 38)
    }
  }
}

extension ScalarOp.Definition {
  fileprivate static func row(
    _ signature: ScalarOp.Signature, _ lowering: ScalarOp.Lowering,
    _ evaluation: ScalarOp.Evaluation, cost: Int = 1, domain: ClosedRange<Double> = -4...4
  ) -> Self {
    Self(
      signature: signature, lowering: lowering, evaluation: evaluation, cost: cost, domain: domain)
  }
}
