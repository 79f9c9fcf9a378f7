import SymbolicGraph

extension RuleSet {
  // swift-format-ignore
  /// Replaces forms that lose precision or overflow with ones that do not.
  static let stabilize: RuleSet = RuleSet("stabilize") {
    // Replacements become canonical at once, so that patterns need one spelling.
    RuleSet.canonicalize
    RuleSet.powers

    Rule("log1p",                  log(x + 1)                             => log1p(x),                rounding: .differs)
    Rule("log1p-sub",              log(1 - x)                             => log1p(-x),               rounding: .differs)
    Rule("expm1",                  exp(x) - 1                             => expm1(x),                rounding: .differs)
    Rule("expm1-add",              exp(x) + -1                            => expm1(x),                rounding: .differs)
    Rule("neg-expm1",              1 - exp(x)                             => -expm1(x),               rounding: .differs)

    Rule("softplus",               log1p(exp(x))                          => softplus(x),             rounding: .differs)
    Rule("exp-of-softplus",        exp(softplus(x))                       => exp(x) + 1,              rounding: .differs)
    Rule("expm1-of-softplus",      expm1(softplus(x))                     => exp(x),                  rounding: .differs)
    Rule("log1mexp",               log(-expm1(x))                         => log1mexp(x),             rounding: .differs)
    // Where there is no value, the pattern may have rounded to the logarithm of 0; the replacement is NaN.
    Rule("log1mexp-log1p",         log1p(-exp(x))                         => log1mexp(x),             rounding: .differs)
    Rule("log-sub-exp",            log(exp(x) - exp(y))                   => `where`(y .== -infinity, x, x + log1mexp(y - x)), rounding: .differs)
    Rule("log-add-exp",            log(exp(x) + exp(y))                   => `where`(x .== y, x + 0.6931471805599453, max(x, y) + softplus(-abs(x - y))), rounding: .differs)

    Rule("sigmoid",                1 / (exp(-x) + 1)                      => sigmoid(x),              rounding: .differs)
    Rule("sigmoid-reciprocal",     reciprocal(exp(-x) + 1)                => sigmoid(x),              rounding: .differs)
    Rule("sigmoid-neg",            1 / (exp(x) + 1)                       => sigmoid(-x),             rounding: .differs)
    Rule("sigmoid-neg-reciprocal", reciprocal(exp(x) + 1)                 => sigmoid(-x),             rounding: .differs)
    Rule("sigmoid-quotient",       exp(x) / (exp(x) + 1)                  => sigmoid(x),              rounding: .differs)
    Rule("exp-times-sigmoid",      exp(x) * sigmoid(-x)                   => sigmoid(x),              rounding: .differs)
    Rule("exp-neg-times-sigmoid",  exp(-x) * sigmoid(x)                   => sigmoid(-x),             rounding: .differs)
    Rule("one-minus-sigmoid",      1 - sigmoid(x)                         => sigmoid(-x),             rounding: .differs)
    Rule("sigmoid-odds",           sigmoid(x) / sigmoid(-x)               => exp(x),                  rounding: .differs)
    Rule("sigmoid-inverse-odds",   sigmoid(-x) / sigmoid(x)               => exp(-x),                 rounding: .differs)
    Rule("log-sigmoid",            log(sigmoid(x))                        => -softplus(-x),           rounding: .differs)
    Rule("log1p-neg-sigmoid",      log1p(-sigmoid(x))                     => -softplus(x),            rounding: .differs)
    Rule("sigmoid-of-logit",       sigmoid(log(x / (1 - x)))              => `where`((x .>= 0) .& (x .<= 1), x, nan), rounding: .differs)

    Rule("tanh-exp",               (exp(x) - exp(-x)) / (exp(x) + exp(-x)) => tanh(x),                rounding: .differs)
    Rule("tanh-expm1",             expm1(x) / (exp(x) + 1)                => tanh(x * 0.5),           rounding: .differs)

    Rule("erfc",                   1 - erf(x)                             => erfc(x),                 rounding: .differs)
    Rule("erfc-neg",               erf(x) + 1                             => erfc(-x),                rounding: .differs)
    Rule("neg-erfc",               erf(x) - 1                             => -erfc(x),                rounding: .differs)
    Rule("neg-erfc-add",           erf(x) + -1                            => -erfc(x),                rounding: .differs)
    Rule("erf",                    1 - erfc(x)                            => erf(x),                  rounding: .differs)
    Rule("neg-erf",                erfc(x) - 1                            => -erf(x),                 rounding: .differs)
    Rule("neg-erf-add",            erfc(x) + -1                           => -erf(x),                 rounding: .differs)
    Rule("log-erfc",               log(erfc(x))                           => logErfc(x),              rounding: .differs)
    Rule("log1p-neg-erf",          log1p(-erf(x))                         => logErfc(x),              rounding: .differs)
    Rule("log1p-erf",              log1p(erf(x))                          => logErfc(-x),             rounding: .differs)
    Rule("gauss-over-erfc",        exp(-square(x)) / erfc(x)              => reciprocal(erfcx(x)),    rounding: .differs)
    Rule("exp-times-erfc",         exp(square(x)) * erfc(x)               => erfcx(x),                rounding: .differs)

    Rule("log-of-exp",             log(exp(x))                            => x,                       rounding: .differs)
    Rule("log1p-of-expm1",         log1p(expm1(x))                        => x,                       rounding: .differs)
    Rule("exp-of-log",             exp(log(x))                            => `where`(x .>= 0, x, nan),         rounding: .differs)
    Rule("exp-of-log1p",           exp(log1p(x))                          => `where`(x .>= -1, x + 1, nan),    rounding: .differs)
    Rule("exp-of-log1mexp",        exp(log1mexp(x))                       => `where`(x .<= 0, -expm1(x), nan), rounding: .differs)
    Rule("expm1-of-log",           expm1(log(x))                          => `where`(x .>= 0, x - 1, nan),     rounding: .differs)
    Rule("expm1-of-log1p",         expm1(log1p(x))                        => `where`(x .>= -1, x, nan),        rounding: .differs)
    Rule("expm1-of-log1mexp",      expm1(log1mexp(x))                     => `where`(x .<= 0, -exp(x), nan),   rounding: .differs)
    // Below zero there is -infinity, whose reciprocal has the logarithm of a zero.
    Rule("log-of-reciprocal",      log(reciprocal(x))                     => -log(x),                 where: .nonNegative(x), rounding: .differs)
    Rule("log-of-one-over",        log(1 / x)                             => -log(x),                 where: .nonNegative(x), rounding: .differs)

    // The same where the difference to 1 is taken after the rules above.
    Rule("exp-of-softplus-sub",    (exp(x) + 1) - 1                       => exp(x),                  rounding: .differs)
    Rule("exp-of-log1p-sub",       `where`(x .>= -1, x + 1, nan) - 1      => `where`(x .>= -1, x, nan),        rounding: .differs)
    Rule("exp-of-log1mexp-sub",    `where`(x .<= 0, -expm1(x), nan) - 1   => `where`(x .<= 0, -exp(x), nan),   rounding: .differs)

    // Other dividends have to stay: zero times a great exponential would be NaN.
    Rule("one-over-exp",           1 / exp(x)                             => exp(-x),                 rounding: .differs)
    Rule("minus-one-over-exp",     -1 / exp(x)                            => -exp(-x),                rounding: .differs)
    Rule("reciprocal-of-exp",      reciprocal(exp(x))                     => exp(-x),                 rounding: .differs)

    Rule("sqrt-of-square",         sqrt(square(x))                        => abs(x),                  rounding: .differs)
    Rule("square-of-sqrt",         square(sqrt(x))                        => `where`(x .>= 0, x, nan), rounding: .differs)
  }
}
