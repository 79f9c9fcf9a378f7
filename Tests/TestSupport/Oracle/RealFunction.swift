import Glibc
import Scalars

/// A floating scalar operation as a function of up to three `Double`s, unrounded.
struct RealFunction {
  let op: ScalarOp
  let call: (Double, Double, Double) -> Double

  /// Makes the function of an operation that takes and gives floats; nil for any other.
  init?(_ op: ScalarOp) {
    self.op = op
    switch op.definition.evaluation {
    case .float1(let f): call = { a, _, _ in f(a) }
    case .unary(let f, _, _): call = { a, _, _ in f(a) }
    case .binary(let f, _, _): call = { a, b, _ in f(a, b) }
    case .scalars where op == .fma: call = { a, b, c in c.addingProduct(a, b) }
    case .scalars where op == .clip:
      call = { x, low, high in min(max(x, low), high) }
      func max(_ a: Double, _ b: Double) -> Double { a.isNaN ? a : b.isNaN ? b : a > b ? a : b }
      func min(_ a: Double, _ b: Double) -> Double { a.isNaN ? a : b.isNaN ? b : a < b ? a : b }
    case .compare, .scalars: return nil
    }
  }

  /// Returns by how much the function may differ from its value at `x` when each operand may by
  /// its error; infinity where it jumps or has a pole in between.
  func spread(_ x: Triple, _ errors: Triple) -> Double {
    if max(errors.a, errors.b, errors.c) == .infinity { return .infinity }
    var errors = errors
    switch op {
    case .add, .sub: if x.isFinite { return errors.a + errors.b }
    case .sin, .cos: return x.a.isFinite ? min(errors.a, 2) : 0
    case .tan where errors.a > 0.01: return .infinity
    case .reciprocal: if reachesZero(x.a, errors.a) { return .infinity }
    case .div: if reachesZero(x.b, errors.b) { return .infinity }
    case .floorDiv, .mod: if !staysBetweenMultiples(x, errors) { return .infinity }
    case .pow:
      // Rises or falls all the way along either operand, unless the base changes its sign; what
      // a negative base gives jumps with every exponent.
      if reachesZero(x.a, errors.a) || (x.a < 0 && errors.b > 0) { return .infinity }
    default:
      errors = Triple(
        errors.a.withoutSignOfZero, errors.b.withoutSignOfZero, errors.c.withoutSignOfZero)
    }
    // An error of less than half a unit would be lost in the sum of operand and error.
    return greatestDeviation(
      x, Triple(x.a.visible(errors.a), x.b.visible(errors.b), x.c.visible(errors.c)))
  }

  /// The corners of the box around the operands are where a function that rises or falls along
  /// each of them deviates most.
  private func greatestDeviation(_ x: Triple, _ errors: Triple) -> Double {
    let center = call(x.a, x.b, x.c)
    var greatest = 0.0
    for i in errors.a == 0 ? 0...0 : -1...1 {
      for j in errors.b == 0 ? 0...0 : -1...1 {
        for k in errors.c == 0 ? 0...0 : -1...1 {
          let corner = call(
            x.a + Double(i) * errors.a, x.b + Double(j) * errors.b, x.c + Double(k) * errors.c)
          if corner == center || (corner.isNaN && center.isNaN) { continue }
          if !corner.isFinite || !center.isFinite { return .infinity }
          greatest = max(greatest, Swift.abs(corner - center))
        }
      }
    }
    return greatest
  }

  private func reachesZero(_ x: Double, _ error: Double) -> Bool {
    error > 0 && Swift.abs(x) <= error
  }

  /// Whether the quotient rounded down is the same all over the box.
  private func staysBetweenMultiples(_ x: Triple, _ errors: Triple) -> Bool {
    if reachesZero(x.b, errors.b) { return false }
    guard case .binary(let quotient, _, _) = ScalarOp.floorDiv.definition.evaluation else {
      return false
    }
    let center = quotient(x.a, x.b)
    for i in [-1.0, 1] {
      for j in [-1.0, 1] {
        let corner = quotient(x.a + i * errors.a, x.b + j * errors.b)
        if corner != center && !(corner.isNaN && center.isNaN) { return false }
      }
    }
    return true
  }

  /// Returns what the value, rounded to `r`, has lost by rounding, and more where it overflowed:
  /// by that much an operation that computes two steps in one differs.
  func roundoff(_ x: Triple, rounded r: Double, isSingle: Bool) -> Double {
    if r.isNaN { return 0 }
    if r.isInfinite { return x.isFinite ? .infinity : 0 }
    // The rules of the optimizer are exact but for the sign of zeros.
    if r == 0 { return underflow(x, isSingle: isSingle) }
    let lost: Double
    switch op {
    case .add: lost = Self.lostInSum(x.a, x.b, r)
    case .sub: lost = Self.lostInSum(x.a, -x.b, r)
    case .mul: lost = isSingle ? x.a * x.b - r : (-r).addingProduct(x.a, x.b)
    case .square: lost = isSingle ? x.a * x.a - r : (-r).addingProduct(x.a, x.a)
    case .div: lost = x.b == 0 ? 0 : x.a.addingProduct(-r, x.b) / x.b
    case .reciprocal: lost = x.a == 0 ? 0 : (1.0).addingProduct(-r, x.a) / x.a
    case .sqrt: lost = r == 0 ? 0 : x.a.addingProduct(-r, r) / (2 * r)
    default: return 0
    }
    if lost.isNaN { return isSingle ? Double(Float(r).ulp) : r.ulp }
    return Swift.abs(lost)
  }

  /// What a zero may stand for that came out of other numbers than zeros.
  private func underflow(_ x: Triple, isSingle: Bool) -> Double {
    guard [.mul, .square, .div].contains(op), x.a != 0, op == .square || x.b != 0 else {
      return .leastNonzeroMagnitude
    }
    return isSingle ? Double(Float.leastNonzeroMagnitude) : .underflow
  }

  /// What a sum rounded to `r` has lost: by Knuth's exact error where it was rounded to `Double`,
  /// and in two steps where it was rounded to `Float` after that.
  private static func lostInSum(_ a: Double, _ b: Double, _ r: Double) -> Double {
    let sum = a + b
    let part = sum - a
    return (sum - r) + ((a - (sum - part)) + (b - part))
  }
}

/// Up to three operands, or their errors.
struct Triple {
  var a: Double
  var b: Double
  var c: Double

  init(_ a: Double, _ b: Double = 0, _ c: Double = 0) { (self.a, self.b, self.c) = (a, b, c) }

  var isFinite: Bool { a.isFinite && b.isFinite && c.isFinite }
  var greatest: Double { max(a, b, c) }
}

extension Double {
  /// The error, made large enough to change the number.
  fileprivate func visible(_ error: Double) -> Double {
    error.withoutSignOfZero > 0 && isFinite ? max(error, ulp) : error
  }

  /// The error, or 0 where it speaks of the sign of a zero alone.
  var withoutSignOfZero: Double { self <= .signOfZero ? 0 : self }
}
