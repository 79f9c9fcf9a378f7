import Scalars

extension ScalarOp {
  /// How many units in the last place a correct back end's floating result may be off by.
  ///
  /// Where no operand is uncertain, the operations that IEEE 754 rounds correctly are exact.
  var allowance: Allowance {
    switch self {
    case .neg, .abs, .sign, .floor, .ceil, .round, .trunc, .minimum, .maximum, .clip, .relu, .where:
      .exact
    case .add, .sub, .mul, .div, .fma, .sqrt, .square, .reciprocal: .rounded
    case .floorDiv, .mod, .cast: .rounded
    case .exp, .expm1, .log, .log1p, .log1mexp, .pow: .ulps(4)
    case .sin, .cos, .tan, .tanh, .sigmoid, .softplus, .erf: .ulps(4)
    case .erfc, .erfcx, .logErfc: .ulps(6)
    case .eq, .ne, .lt, .le, .gt, .ge, .and, .or, .xor, .not: .exact
    }
  }
}

/// What rounding adds to a result.
enum Allowance {
  /// Nothing: the result is an operand, or a whole number.
  case exact
  /// Half a unit, which is the same half everywhere unless an operand differs.
  case rounded
  /// So many units in any case.
  case ulps(Double)
}
