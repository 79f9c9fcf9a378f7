package import SymbolicGraph

/// Spellings of one function, the form that all of them have to reach, and a point where the
/// naive form overflows, cancels or loses digits otherwise.
package struct Identity: CustomStringConvertible, Sendable {
  package let description: String
  package let spellings: [@Sendable (Tensor) -> Tensor]
  /// The operations of the optimized graph, constants in place.
  package let reached: String
  package let point: Double
  package let value: Double

  init(
    _ name: String, reaches reached: String, at point: Double, is value: Double,
    _ spellings: @Sendable (Tensor) -> Tensor...
  ) {
    description = name
    self.spellings = spellings
    (self.reached, self.point, self.value) = (reached, point, value)
  }
}

extension Identity {
  /// Every identity that is a rule, with the spellings that users may choose.
  package static let all: [Identity] = [
    exponentialsNearOne, softpluses, complements, inverses, sigmoids, errorFunctions,
  ].flatMap(\.self)

  // swift-format-ignore
  /// Exponentials and logarithms near 1.
  private static let exponentialsNearOne: [Identity] = [
    Identity("log(1 + x)", reaches: "log1p(x)", at: 1e-20, is: 1e-20,
      { log(1 + $0) }, { log($0 + 1) }, { log(1 - -$0) }, { log(1 + $0 * 1) }),
    Identity("log(1 - x)", reaches: "log1p(neg(x))", at: 1e-20, is: -1e-20,
      { log(1 - $0) }, { log(-$0 + 1) }, { log(1 + -$0) }, { log(1 + $0 * -1) }, { log1p(0 - $0) }),
    Identity("exp(x) - 1", reaches: "expm1(x)", at: 1e-20, is: 1e-20,
      { exp($0) - 1 }, { -1 + exp($0) }, { exp($0) + -1 }, { -(1 - exp($0)) }),
    Identity("1 - exp(x)", reaches: "neg(expm1(x))", at: 1e-20, is: -1e-20,
      { 1 - exp($0) }, { -exp($0) + 1 }, { 1 + -exp($0) }, { -(exp($0) - 1) }),
    Identity("log(exp(x))", reaches: "x", at: 800, is: 800,
      { log(exp($0)) }, { log1p(expm1($0)) }, { log1p(exp($0) - 1) }, { log(1 + expm1($0)) }),
  ]

  // swift-format-ignore
  /// Softplus.
  private static let softpluses: [Identity] = [
    Identity("log(1 + exp(x))", reaches: "softplus(x)", at: 800, is: 800,
      { log(1 + exp($0)) }, { log(exp($0) + 1) }, { log1p(exp($0)) }, { -log(sigmoid(-$0)) },
      { -log(1 - sigmoid($0)) }, { -log(1 / (1 + exp($0))) }, { -log1p(-sigmoid($0)) }),
    Identity("log(1 + exp(-x))", reaches: "softplus(neg(x))", at: -800, is: 800,
      { log(1 + exp(-$0)) }, { log(exp(-$0) + 1) }, { log1p(exp(0 - $0)) }, { log1p(exp(-1 * $0)) },
      { log1p(1 / exp($0)) }, { -log(sigmoid($0)) }, { log(1 + exp($0) ** -1) }),
    Identity("log(sigmoid(x))", reaches: "neg(softplus(neg(x)))", at: -800, is: -800,
      { log(sigmoid($0)) }, { log(1 / (1 + exp(-$0))) }, { log(1 - sigmoid(-$0)) },
      { log(1 - 1 / (1 + exp($0))) }, { log1p(-sigmoid(-$0)) }, { log(exp($0) / (1 + exp($0))) }),
    Identity("log(1 - sigmoid(x))", reaches: "neg(softplus(x))", at: 800, is: -800,
      { log(1 - sigmoid($0)) }, { log1p(-sigmoid($0)) }, { log(-sigmoid($0) + 1) },
      { log(sigmoid(-$0)) }, { log(1 / (exp($0) + 1)) }),
    Identity("exp(softplus(x))", reaches: "add(exp(x), 1)", at: 80, is: 5.54062238439351e34,
      { exp(softplus($0)) }, { exp(log(1 + exp($0))) }, { exp(log1p(exp($0))) }),
    Identity("expm1(softplus(x))", reaches: "exp(x)", at: -50, is: 1.9287498479639178e-22,
      { expm1(softplus($0)) }, { exp(softplus($0)) - 1 }, { exp(log(1 + exp($0))) - 1 }),
  ]

  // swift-format-ignore
  /// `log(1 - exp(x))` and its kin.
  private static let complements: [Identity] = [
    Identity("log(1 - exp(x))", reaches: "log1mexp(x)", at: -1e-20, is: -46.051701859880914,
      { log(1 - exp($0)) }, { log(-exp($0) + 1) }, { log(-expm1($0)) },
      { log(-(exp($0) - 1)) }, { log(1 - 1 * exp($0)) }, { log1p(-exp($0)) }, { log1p(-1 * exp($0)) }, { log1p(0 - exp($0)) }),
    Identity("log(1 - exp(-x))", reaches: "log1mexp(neg(x))", at: 50, is: -1.9287498479639178e-22,
      { log(1 - exp(-$0)) }, { log(1 - 1 / exp($0)) }, { log(-expm1(-$0)) }, { log1p(-exp(-$0)) }, { log1p(-1 / exp($0)) }),
    Identity("log(exp(x) - exp(x - 1))", reaches: "where(eq(sub(x, 1), -inf), x, add(x, log1mexp(sub(sub(x, 1), x))))", at: 800, is: 799.5413248546129,
      { log(exp($0) - exp($0 - 1)) }, { log(-exp($0 - 1) + exp($0)) }, { log(-(exp($0 - 1) - exp($0))) }),
    Identity("log1p(-exp(-abs(x)))", reaches: "log1mexp(neg(abs(x)))", at: 1e-20, is: -46.051701859880914,
      { log1p(-exp(-abs($0))) }, { log1p(-1 * exp(-abs($0))) }, { log1p(-(1 / exp(abs($0)))) }),
  ]

  // swift-format-ignore
  /// Inverses.
  private static let inverses: [Identity] = [
    Identity("exp(log(x))", reaches: "where(ge(x, 0), x, nan)", at: 0x1p99, is: 0x1p99,
      { exp(log($0)) }),
    Identity("exp(log1p(x))", reaches: "where(ge(x, -1), add(x, 1), nan)", at: 0x1p99, is: 0x1p99,
      { exp(log1p($0)) }, { exp(log(1 + $0)) }),
    Identity("expm1(log(x))", reaches: "where(ge(x, 0), sub(x, 1), nan)", at: 0x1p99, is: 0x1p99,
      { expm1(log($0)) }),
    Identity("expm1(log1p(x))", reaches: "where(ge(x, -1), x, nan)", at: 1e-20, is: 1e-20,
      { expm1(log1p($0)) }, { exp(log(1 + $0)) - 1 }, { exp(log1p($0)) - 1 }),
    Identity("exp(log1mexp(x))", reaches: "where(le(x, 0), neg(expm1(x)), nan)", at: -1e-20, is: 1e-20,
      { exp(log1mexp($0)) }, { exp(log(1 - exp($0))) }),
    Identity("expm1(log1mexp(x))", reaches: "where(le(x, 0), neg(exp(x)), nan)", at: -50, is: -1.9287498479639178e-22,
      { expm1(log1mexp($0)) }, { expm1(log(1 - exp($0))) }, { exp(log1mexp($0)) - 1 }),
    Identity("sqrt(x ** 2)", reaches: "abs(x)", at: -1e30, is: 1e30,
      { sqrt($0 ** 2) }, { sqrt($0 * $0) }, { sqrt(square($0)) }, { ($0 * $0) ** 0.5 }, { abs(sqrt(square($0))) }),
    Identity("sqrt(x) ** 2", reaches: "where(ge(x, 0), x, nan)", at: 1e-30, is: 1e-30,
      { sqrt($0) ** 2 }, { sqrt($0) * sqrt($0) }, { square(sqrt($0)) }),
    Identity("log(1 / abs(x))", reaches: "neg(log(abs(x)))", at: 1e-30, is: 69.07755278982137,
      { log(1 / abs($0)) }, { log(reciprocal(abs($0))) }, { log(abs($0) ** -1) }),
    Identity("log(sqrt(x))", reaches: "mul(log(x), 0.5)", at: 1.0000001192092896, is: 5.960464122267723e-08,
      { log(sqrt($0)) }, { log(sqrt(1 * $0)) }),
  ]

  // swift-format-ignore
  /// Sigmoids.
  private static let sigmoids: [Identity] = [
    Identity("1 / (1 + exp(-x))", reaches: "sigmoid(x)", at: -50, is: 1.9287498479639178e-22,
      { 1 / (1 + exp(-$0)) }, { 1 / (exp(-$0) + 1) }, { 1 / (1 + exp(0 - $0)) }, { reciprocal(1 + exp(-$0)) },
      { (1 + exp(-$0)) ** -1 }, { exp($0) / (1 + exp($0)) }, { exp($0) / (exp($0) + 1) },
      { 1 - sigmoid(-$0) }, { exp($0) * sigmoid(-$0) }, { sigmoid(-$0) * exp($0) }, { 1 / (1 + 1 / exp($0)) }),
    Identity("1 / (1 + exp(x))", reaches: "sigmoid(neg(x))", at: 50, is: 1.9287498479639178e-22,
      { 1 / (1 + exp($0)) }, { 1 / (exp($0) + 1) }, { reciprocal(1 + exp($0)) }, { 1 - sigmoid($0) },
      { -sigmoid($0) + 1 }, { 1 - 1 / (1 + exp(-$0)) }, { exp(-$0) / (1 + exp(-$0)) },
      { exp(-$0) * sigmoid($0) }, { 1 - exp($0) / (1 + exp($0)) }),
    Identity("sigmoid(x) / (1 - sigmoid(x))", reaches: "exp(x)", at: 80, is: 5.54062238439351e34,
      { sigmoid($0) / (1 - sigmoid($0)) }, { sigmoid($0) / sigmoid(-$0) }),
    Identity("(1 - sigmoid(x)) / sigmoid(x)", reaches: "exp(neg(x))", at: 50, is: 1.9287498479639178e-22,
      { (1 - sigmoid($0)) / sigmoid($0) }, { sigmoid(-$0) / sigmoid($0) }, { 1 / exp($0) }, { exp($0) ** -1 }),
    Identity("sigmoid(log(x / (1 - x)))", reaches: "where(and(ge(x, 0), le(x, 1)), x, nan)", at: 0x1p-99, is: 0x1p-99,
      { sigmoid(log($0 / (1 - $0))) }),
    Identity("tanh", reaches: "tanh(x)", at: 800, is: 1,
      { (exp($0) - exp(-$0)) / (exp($0) + exp(-$0)) }, { (exp($0) - exp(-$0)) / (exp(-$0) + exp($0)) }),
    Identity("(exp(x) - 1) / (exp(x) + 1)", reaches: "tanh(mul(x, 0.5))", at: 800, is: 1,
      { (exp($0) - 1) / (exp($0) + 1) }, { (-1 + exp($0)) / (1 + exp($0)) }, { expm1($0) / (exp($0) + 1) }),
  ]

  // swift-format-ignore
  /// Error functions.
  private static let errorFunctions: [Identity] = [
    Identity("1 - erf(x)", reaches: "erfc(x)", at: 9, is: 4.13703174651381e-37,
      { 1 - erf($0) }, { -erf($0) + 1 }, { 1 + -erf($0) }, { 1 + -1 * erf($0) }, { -1 * erf($0) + 1 },
      { -(erf($0) - 1) }, { 1 + erf(-$0) }),
    Identity("1 + erf(x)", reaches: "erfc(neg(x))", at: -9, is: 4.13703174651381e-37,
      { 1 + erf($0) }, { erf($0) + 1 }, { 1 - -erf($0) }, { 1 - erf(-$0) }, { 1 + -erf(-$0) }, { -erf(-$0) + 1 }),
    Identity("erf(x) - 1", reaches: "neg(erfc(x))", at: 9, is: -4.13703174651381e-37,
      { erf($0) - 1 }, { -1 + erf($0) }, { erf($0) + -1 }, { -(1 - erf($0)) }),
    Identity("1 - erfc(x)", reaches: "erf(x)", at: 1e-20, is: 1.1283791670955126e-20,
      { 1 - erfc($0) }, { -erfc($0) + 1 }, { 1 + -erfc($0) }, { -(erfc($0) - 1) }, { -1 * erfc($0) + 1 },
      { -1 + erfc(-$0) }, { erfc(-$0) - 1 }, { erfc(-$0) + -1 }, { -(1 - erfc(-$0)) }),
    Identity("erfc(x) - 1", reaches: "neg(erf(x))", at: 1e-20, is: -1.1283791670955126e-20,
      { erfc($0) - 1 }, { -1 + erfc($0) }, { erfc($0) + -1 }, { -(1 - erfc($0)) }),
    Identity("-erf(-x)", reaches: "erf(x)", at: 1e-20, is: 1.1283791670955126e-20,
      { -erf(-$0) }, { 0 - erf(0 - $0) }, { erf(-$0) * -1 }),
    Identity("log(erfc(x))", reaches: "logErfc(x)", at: 30, is: -903.9741171106439,
      { log(erfc($0)) }, { log(1 - erf($0)) }, { log1p(-erf($0)) }),
    Identity("log(1 + erf(x))", reaches: "logErfc(neg(x))", at: -30, is: -903.9741171106439,
      { log(1 + erf($0)) }, { log(erf($0) + 1) }, { log1p(erf($0)) }, { log(erfc(-$0)) }),
    Identity("exp(-x ** 2) / erfc(x)", reaches: "reciprocal(erfcx(x))", at: 30, is: 53.20312369226386,
      { exp(-($0 ** 2)) / erfc($0) }, { exp(-($0 * $0)) / erfc($0) }, { exp(-square($0)) / (1 - erf($0)) }),
    Identity("exp(x ** 2) * erfc(x)", reaches: "erfcx(x)", at: 30, is: 0.018795888861416751,
      { exp($0 ** 2) * erfc($0) }, { erfc($0) * exp($0 * $0) }, { (1 - erf($0)) * exp(square($0)) }),
  ]
}
