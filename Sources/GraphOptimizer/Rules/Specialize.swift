import SymbolicGraph

extension RuleSet {
  // swift-format-ignore
  /// Replaces powers with constant exponents. The square root of minus infinity is NaN, its power 0.5
  /// is infinity.
  static let powers: RuleSet = RuleSet("powers") {
    Rule("power-two",            x ** 2                     => square(x),                                        rounding: .differs)
    Rule("power-three",          x ** 3                     => square(x) * x,                                    rounding: .differs)
    Rule("power-four",           x ** 4                     => square(square(x)),                                rounding: .differs)
    Rule("power-minus-one",      x ** -1                    => reciprocal(x),          where: .floating(x),      rounding: .differs)
    Rule("power-minus-two",      x ** -2                    => square(reciprocal(x)),  where: .floating(x),      rounding: .differs)
    Rule("power-half-positive",  x ** 0.5                   => sqrt(x),                where: .nonNegative(x),   rounding: .differs)
    Rule("power-half",           x ** 0.5                   => `where`(x .== -infinity, infinity, sqrt(x)),      rounding: .differs)
    Rule("power-minus-half-positive", x ** -0.5             => abs(reciprocal(sqrt(x))), where: .nonNegative(x), rounding: .differs)
    Rule("power-minus-half",     x ** -0.5                  => `where`(x .== -infinity, 0, abs(reciprocal(sqrt(x)))), rounding: .differs)
  }

  // swift-format-ignore
  /// Replaces operations with cheaper ones that fit the case.
  static let specialize: RuleSet = RuleSet("specialize") {
    RuleSet.canonicalize

    // Quotients.
    Rule("reciprocal",           1 / x                      => reciprocal(x))
    Rule("inverse-of-inverse",   reciprocal(reciprocal(x))  => x,                                                rounding: .differs)
    Rule("div-power-of-two",     x / a                      => x * (1 / a),            where: .powerOfTwo(a))
    Rule("log-of-sqrt",          log(sqrt(x))               => log(x) * 0.5,                                     rounding: .differs)

    // Contractions. A difference is contracted with constants only: what is taken from a product may be made of
    // the same numbers, rounded, as its largest element or its floor is, and would leave what the rounding took.
    Rule("fma",                  x * y + z                  => fma(x, y, z),           where: .floating(x),      rounding: .differs)
    Rule("fma-square",           square(x) + z              => fma(x, x, z),           where: .floating(x),      rounding: .differs)
    Rule("fma-sub",              x * y - a                  => fma(x, y, -a),          where: .floating(x),      rounding: .differs)
    Rule("fma-square-sub",       square(x) - a              => fma(x, x, -a),          where: .floating(x),      rounding: .differs)
    Rule("fma-neg",              a - x * y                  => fma(-x, y, a),          where: .floating(x),      rounding: .differs)
    Rule("fma-neg-square",       a - square(x)              => fma(-x, x, a),          where: .floating(x),      rounding: .differs)
  }
}
