import SymbolicGraph

extension RuleSet {
  // swift-format-ignore
  /// Gives equal expressions one form and drops what does nothing. Exact, but for the sign of
  /// zeros.
  static let canonicalize: RuleSet = RuleSet("canonicalize") {
    // Sums.
    Rule("add-zero",           x + 0                        => x)
    Rule("sub-zero",           x - 0                        => x)
    Rule("zero-sub",           0 - x                        => -x)
    Rule("add-neg",            x + -y                       => x - y)
    Rule("sub-neg",            x - -y                       => x + y)
    Rule("neg-sub",            -(x - y)                     => y - x)
    Rule("neg-neg",            -(-x)                        => x)
    Rule("sub-self",           x - x                        => 0,                    where: .integer(x))
    Rule("add-add",            (x + a) + b                  => x + (a + b),          where: .integer(x))
    Rule("add-sub",            (x + a) - b                  => x + (a - b),          where: .integer(x))
    Rule("sub-add",            (x - a) + b                  => x + (b - a),          where: .integer(x))
    Rule("sub-sub",            (x - a) - b                  => x - (a + b),          where: .integer(x))

    // Products.
    Rule("mul-one",            x * 1                        => x)
    Rule("mul-minus-one",      x * -1                       => -x)
    Rule("mul-neg-neg",        -x * -y                      => x * y)
    Rule("mul-neg-constant",   -x * a                       => x * -a)
    Rule("mul-self",           x * x                        => square(x))
    Rule("mul-zero",           x * 0                        => 0,                    where: .integer(x))
    Rule("mul-mul",            (x * a) * b                  => x * (a * b),          where: .integer(x))
    Rule("div-one",            x / 1                        => x)
    Rule("div-minus-one",      x / -1                       => -x)
    Rule("div-neg-neg",        -x / -y                      => x / y)
    Rule("div-neg-constant",   -x / a                       => x / -a)
    Rule("floor-div-one",      floorDivide(x, 1)            => x,                    where: .integer(x))
    Rule("pow-zero",           x ** 0                       => 1)
    Rule("pow-one",            x ** 1                       => x)
    Rule("square-neg",         square(-x)                   => square(x))
    Rule("square-abs",         square(abs(x))               => square(x))

    // Magnitudes and signs.
    Rule("abs-neg",            abs(-x)                      => abs(x),               where: .signed(x))
    Rule("abs-abs",            abs(abs(x))                  => abs(x))
    Rule("abs-positive",       abs(x)                       => x,                    where: .nonNegative(x))
    Rule("sign-sign",          sign(sign(x))                => sign(x))
    Rule("relu",               max(x, 0)                    => relu(x))
    Rule("relu-positive",      relu(x)                      => x,                    where: .nonNegative(x))

    // Rounding to whole numbers.
    Rule("floor-integer",      floor(x)                     => x,                    where: .integer(x))
    Rule("ceil-integer",       ceil(x)                      => x,                    where: .integer(x))
    Rule("round-integer",      round(x)                     => x,                    where: .integer(x))
    Rule("trunc-integer",      trunc(x)                     => x,                    where: .integer(x))
    Rule("floor-of-floor",     floor(floor(x))              => floor(x))
    Rule("floor-of-ceil",      floor(ceil(x))               => ceil(x))
    Rule("floor-of-round",     floor(round(x))              => round(x))
    Rule("floor-of-trunc",     floor(trunc(x))              => trunc(x))
    Rule("ceil-of-floor",      ceil(floor(x))               => floor(x))
    Rule("ceil-of-ceil",       ceil(ceil(x))                => ceil(x))
    Rule("ceil-of-round",      ceil(round(x))               => round(x))
    Rule("ceil-of-trunc",      ceil(trunc(x))               => trunc(x))
    Rule("round-of-floor",     round(floor(x))              => floor(x))
    Rule("round-of-ceil",      round(ceil(x))               => ceil(x))
    Rule("round-of-round",     round(round(x))              => round(x))
    Rule("round-of-trunc",     round(trunc(x))              => trunc(x))
    Rule("trunc-of-floor",     trunc(floor(x))              => floor(x))
    Rule("trunc-of-ceil",      trunc(ceil(x))               => ceil(x))
    Rule("trunc-of-round",     trunc(round(x))              => round(x))
    Rule("trunc-of-trunc",     trunc(trunc(x))              => trunc(x))

    // Logic and comparisons.
    Rule("not-not",            .!(.!x)                      => x)
    Rule("not-eq",             .!(x .== y)                  => x .!= y)
    Rule("not-ne",             .!(x .!= y)                  => x .== y)
    Rule("not-lt",             .!(x .< y)                   => x .>= y,              where: .integer(x))
    Rule("not-le",             .!(x .<= y)                  => x .> y,               where: .integer(x))
    Rule("not-gt",             .!(x .> y)                   => x .<= y,              where: .integer(x))
    Rule("not-ge",             .!(x .>= y)                  => x .< y,               where: .integer(x))
    Rule("and-self",           x .& x                       => x)
    Rule("or-self",            x .| x                       => x)
    Rule("xor-self",           x .^ x                       => 0)
    Rule("and-false",          x .& 0                       => 0)
    Rule("and-true",           x .& 1                       => x,                    where: .bool(x))
    Rule("or-false",           x .| 0                       => x)
    Rule("or-true",            x .| 1                       => 1,                    where: .bool(x))
    Rule("xor-false",          x .^ 0                       => x)
    Rule("xor-true",           x .^ 1                       => .!x,                  where: .bool(x))
    Rule("min-self",           min(x, x)                    => x)
    Rule("max-self",           max(x, x)                    => x)

    // Choices.
    Rule("where-same",         `where`(x, y, y)             => y)
    Rule("where-true",         `where`(1, y, z)             => y)
    Rule("where-false",        `where`(0, y, z)             => z)
    Rule("where-not",          `where`(.!x, y, z)           => `where`(x, z, y))
    Rule("abs-where-lt",       `where`(x .< 0, -x, x)       => abs(x))
    Rule("abs-where-ge",       `where`(x .>= 0, x, -x)      => abs(x))
    Rule("abs-where-gt",       `where`(x .> 0, x, -x)       => abs(x))
    Rule("max-where",          `where`(x .> y, x, y)        => max(x, y),            where: .integer(x))
    Rule("min-where",          `where`(x .< y, x, y)        => min(x, y),            where: .integer(x))
  }
}
