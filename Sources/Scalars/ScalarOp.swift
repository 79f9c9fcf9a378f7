/// A function of one lane: what an elementwise operation computes at every index.
///
/// A case here needs a row in the table (`definition`), and nothing else in this module.
public enum ScalarOp: String, CaseIterable, Sendable {
  // Arithmetic.
  case add, sub, mul, div, floorDiv, mod, pow, neg, fma
  // Comparisons, which give bool.
  case eq, ne, lt, le, gt, ge
  // Logic of bools, and of the bits of integers.
  case and, or, xor, not
  // Choice and conversion.
  case `where`, cast
  // Signs, rounding and extremes.
  case abs, sign, floor, ceil, round, trunc, minimum, maximum, clip
  // Powers and roots.
  case sqrt, square, reciprocal
  // Exponentials and logarithms.
  case exp, expm1, log, log1p, log1mexp
  // Trigonometry.
  case sin, cos, tan, tanh
  // Activations and special functions.
  case sigmoid, softplus, relu, erf, erfc, erfcx, logErfc
}
