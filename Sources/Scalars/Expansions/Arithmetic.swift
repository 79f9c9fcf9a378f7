import Arrays

/// Formulas that stand for scalar operations. They take operands of one dtype.
enum Expansions {
  /// The quotient rounded down.
  static func floorDiv(_ x: [Lane]) -> Lane { divMod(x[0], x[1]).quotient }

  /// The remainder with the sign of the divisor.
  static func mod(_ x: [Lane]) -> Lane { divMod(x[0], x[1]).remainder }

  static func sign(_ x: [Lane]) -> Lane {
    let zero = x[0].constant(0), one = x[0].constant(1)
    let up = select(x[0] .> zero, one, x[0])  // keeps a NaN and the sign of a zero
    return x[0].dtype.isUnsigned ? up : select(x[0] .< zero, x[0].constant(-1), up)
  }

  static func clip(_ x: [Lane]) -> Lane {
    x[0].builder.emit(.min, [x[0].builder.emit(.max, [x[0], x[1]]), x[2]])
  }

  static func relu(_ x: [Lane]) -> Lane { x[0].builder.emit(.max, [x[0], x[0].constant(0)]) }

  private static func divMod(_ a: Lane, _ b: Lane) -> (quotient: Lane, remainder: Lane) {
    if a.dtype.isFloating { return floatDivMod(a, b) }
    let q = a / b
    let r = a.builder.emit(.rem, [a, b])
    if a.dtype.isUnsigned { return (q, r) }
    // Truncation rounds up where the signs differ; one step down mends it.
    let zero = a.constant(0)
    let apart = (r .!= zero) & ((r .< zero) ^ (b .< zero))
    return (select(apart, q - a.constant(1), q), select(apart, r + b, r))
  }
}
