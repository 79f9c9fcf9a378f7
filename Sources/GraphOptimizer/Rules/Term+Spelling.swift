import Scalars
import SymbolicGraph

extension Term {
  static func + (a: Term, b: Term) -> Term { .apply(.add, [a, b]) }
  static func - (a: Term, b: Term) -> Term { .apply(.sub, [a, b]) }
  static func * (a: Term, b: Term) -> Term { .apply(.mul, [a, b]) }
  static func / (a: Term, b: Term) -> Term { .apply(.div, [a, b]) }
  static func % (a: Term, b: Term) -> Term { .apply(.mod, [a, b]) }
  static func ** (a: Term, b: Term) -> Term { .apply(.pow, [a, b]) }
  static prefix func - (a: Term) -> Term { .apply(.neg, [a]) }

  static func .< (a: Term, b: Term) -> Term { .apply(.lt, [a, b]) }
  static func .<= (a: Term, b: Term) -> Term { .apply(.le, [a, b]) }
  static func .> (a: Term, b: Term) -> Term { .apply(.gt, [a, b]) }
  static func .>= (a: Term, b: Term) -> Term { .apply(.ge, [a, b]) }
  static func .== (a: Term, b: Term) -> Term { .apply(.eq, [a, b]) }
  static func .!= (a: Term, b: Term) -> Term { .apply(.ne, [a, b]) }

  static func .& (a: Term, b: Term) -> Term { .apply(.and, [a, b]) }
  static func .| (a: Term, b: Term) -> Term { .apply(.or, [a, b]) }
  static func .^ (a: Term, b: Term) -> Term { .apply(.xor, [a, b]) }
  static prefix func .! (a: Term) -> Term { .apply(.not, [a]) }
}

/// The words of rule tables. As members they are found before functions of the same name elsewhere,
/// which also spares the type checker from weighing those.
extension RuleSet {
  static let x = Term.variable(.x), y = Term.variable(.y), z = Term.variable(.z)
  static let w = Term.variable(.w), v = Term.variable(.v)
  static let a = Term.variable(.a), b = Term.variable(.b), c = Term.variable(.c)
  static let infinity = Term.number(.infinity), nan = Term.number(.nan)

  static func floorDivide(_ x: Term, _ y: Term) -> Term { .apply(.floorDiv, [x, y]) }
  static func fma(_ x: Term, _ y: Term, _ z: Term) -> Term { .apply(.fma, [x, y, z]) }
  static func `where`(_ x: Term, _ y: Term, _ z: Term) -> Term { .apply(.where, [x, y, z]) }
  static func abs(_ x: Term) -> Term { .apply(.abs, [x]) }
  static func sign(_ x: Term) -> Term { .apply(.sign, [x]) }
  static func floor(_ x: Term) -> Term { .apply(.floor, [x]) }
  static func ceil(_ x: Term) -> Term { .apply(.ceil, [x]) }
  static func round(_ x: Term) -> Term { .apply(.round, [x]) }
  static func trunc(_ x: Term) -> Term { .apply(.trunc, [x]) }
  static func min(_ x: Term, _ y: Term) -> Term { .apply(.minimum, [x, y]) }
  static func max(_ x: Term, _ y: Term) -> Term { .apply(.maximum, [x, y]) }
  static func sqrt(_ x: Term) -> Term { .apply(.sqrt, [x]) }
  static func square(_ x: Term) -> Term { .apply(.square, [x]) }
  static func reciprocal(_ x: Term) -> Term { .apply(.reciprocal, [x]) }
  static func exp(_ x: Term) -> Term { .apply(.exp, [x]) }
  static func expm1(_ x: Term) -> Term { .apply(.expm1, [x]) }
  static func log(_ x: Term) -> Term { .apply(.log, [x]) }
  static func log1p(_ x: Term) -> Term { .apply(.log1p, [x]) }
  static func log1mexp(_ x: Term) -> Term { .apply(.log1mexp, [x]) }
  static func erf(_ x: Term) -> Term { .apply(.erf, [x]) }
  static func erfc(_ x: Term) -> Term { .apply(.erfc, [x]) }
  static func erfcx(_ x: Term) -> Term { .apply(.erfcx, [x]) }
  static func logErfc(_ x: Term) -> Term { .apply(.logErfc, [x]) }
  static func sin(_ x: Term) -> Term { .apply(.sin, [x]) }
  static func cos(_ x: Term) -> Term { .apply(.cos, [x]) }
  static func tan(_ x: Term) -> Term { .apply(.tan, [x]) }
  static func tanh(_ x: Term) -> Term { .apply(.tanh, [x]) }
  static func sigmoid(_ x: Term) -> Term { .apply(.sigmoid, [x]) }
  static func softplus(_ x: Term) -> Term { .apply(.softplus, [x]) }
  static func relu(_ x: Term) -> Term { .apply(.relu, [x]) }
}
