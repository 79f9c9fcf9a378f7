import Arrays

/// An instruction as a function of bit patterns; what it does not take is ignored.
typealias PatternFunction = (UInt64, UInt64, UInt64) -> UInt64

extension Instruction {
  /// Returns what the instruction computes on operands of `dtypes` for a line of `dtype`.
  func function(of dtypes: [DType], _ dtype: DType) -> PatternFunction {
    let operand = dtypes[0]
    switch self {
    case .add: return arithmetic(dtype, +, +) { $0 &+ $1 }
    case .sub: return arithmetic(dtype, -, -) { $0 &- $1 }
    case .mul: return arithmetic(dtype, *, *) { $0 &* $1 }
    case .div:
      return dtype.isFloating
        ? floats(dtype, /, /) : integers(dtype, Integers.quotient, Integers.quotient)
    case .rem: return integers(dtype, Integers.remainder, Integers.remainder)
    case .fma: return fusedMultiplyAdd(dtype)
    case .scale: return floats(dtype, scaled, scaled)
    case .neg: return arithmetic(dtype, { a, _ in -a }, { a, _ in -a }) { a, _ in 0 &- a }
    case .abs:
      return dtype.isFloating
        ? floats(dtype, { a, _ in Swift.abs(a) }, { a, _ in Swift.abs(a) })
        : integers(dtype, { a, _ in a < 0 ? 0 &- a : a }, { a, _ in a })
    case .sqrt: return floats(dtype, { a, _ in a.squareRoot() }, { a, _ in a.squareRoot() })
    case .floor: return rounding(dtype, .down)
    case .ceil: return rounding(dtype, .up)
    case .trunc: return rounding(dtype, .towardZero)
    case .roundEven: return rounding(dtype, .toNearestOrEven)
    case .min:
      return dtype.isFloating
        ? floats(dtype, extreme(<), extreme(<)) : integers(dtype, Swift.min, Swift.min)
    case .max:
      return dtype.isFloating
        ? floats(dtype, extreme(>), extreme(>)) : integers(dtype, Swift.max, Swift.max)
    case .eq: return comparison(operand, ==, ==, ==)
    case .ne: return comparison(operand, !=, !=, !=)
    case .lt: return comparison(operand, <, <, <)
    case .le: return comparison(operand, <=, <=, <=)
    case .gt: return comparison(operand, >, >, >)
    case .ge: return comparison(operand, >=, >=, >=)
    case .and: return { a, b, _ in a & b }
    case .or: return { a, b, _ in a | b }
    case .xor: return { a, b, _ in a ^ b }
    case .not: return masked(dtype) { a, _ in ~a }
    case .shiftLeft: return masked(dtype) { a, b in a << b }
    case .shiftRight: return integers(dtype, { a, b in a >> b }, { a, b in a >> b })
    case .select: return { c, a, b in c & 1 != 0 ? a : b }
    case .convert: return conversion(from: operand, to: dtype)
    case .bitcast: return { a, _, _ in a }
    case .lookup(let table):
      let words = table.words, mask = mask(dtype), index = signExtension(operand)
      return { a, _, _ in words[Int(index(a))] & mask }
    case .call(let operation):
      let evaluator = LaneEvaluator(.function(operation, dtype)), arity = dtypes.count
      return { a, b, c in
        var evaluator = evaluator
        return evaluator(Array([a, b, c].prefix(arity)))[0]
      }
    }
  }
}

// MARK: - Functions of bit patterns from functions of values

private func mask(_ dtype: DType) -> UInt64 {
  dtype == .bool ? 1 : .max >> UInt64(64 - dtype.bitWidth)
}

/// Returns the function that reads a pattern of a signed dtype, or of one whose sign does not
/// matter.
private func signExtension(_ dtype: DType) -> (UInt64) -> Int64 {
  let unused = UInt64(64 - dtype.bitWidth)
  return { Int64(bitPattern: $0 << unused) >> Int64(unused) }
}

private func float(_ pattern: UInt64) -> Float {
  Float(bitPattern: UInt32(truncatingIfNeeded: pattern))
}

private func floats(
  _ dtype: DType, _ f: @escaping (Float, Float) -> Float, _ g: @escaping (Double, Double) -> Double
) -> PatternFunction {
  dtype == .float32
    ? { a, b, _ in UInt64(f(float(a), float(b)).bitPattern) }
    : { a, b, _ in g(Double(bitPattern: a), Double(bitPattern: b)).bitPattern }
}

private func masked(
  _ dtype: DType, _ f: @escaping (UInt64, UInt64) -> UInt64
) -> PatternFunction {
  let mask = mask(dtype)
  return { a, b, _ in f(a, b) & mask }
}

private func integers(
  _ dtype: DType, _ f: @escaping (Int64, Int64) -> Int64,
  _ g: @escaping (UInt64, UInt64) -> UInt64
) -> PatternFunction {
  guard dtype.isSigned else { return masked(dtype, g) }
  let read = signExtension(dtype), mask = mask(dtype)
  return { a, b, _ in UInt64(bitPattern: f(read(a), read(b))) & mask }
}

private func arithmetic(
  _ dtype: DType, _ f: @escaping (Float, Float) -> Float, _ g: @escaping (Double, Double) -> Double,
  _ h: @escaping (UInt64, UInt64) -> UInt64
) -> PatternFunction {
  dtype.isFloating ? floats(dtype, f, g) : masked(dtype, h)
}

private func comparison(
  _ dtype: DType, _ f: @escaping (Double, Double) -> Bool, _ g: @escaping (Int64, Int64) -> Bool,
  _ h: @escaping (UInt64, UInt64) -> Bool
) -> PatternFunction {
  switch dtype {
  case .float32: return { a, b, _ in f(Double(float(a)), Double(float(b))) ? 1 : 0 }
  case .float64: return { a, b, _ in f(Double(bitPattern: a), Double(bitPattern: b)) ? 1 : 0 }
  default:
    guard dtype.isSigned else { return { a, b, _ in h(a, b) ? 1 : 0 } }
    let read = signExtension(dtype)
    return { a, b, _ in g(read(a), read(b)) ? 1 : 0 }
  }
}

private func rounding(_ dtype: DType, _ rule: FloatingPointRoundingRule) -> PatternFunction {
  dtype.isFloating
    ? floats(dtype, { a, _ in a.rounded(rule) }, { a, _ in a.rounded(rule) })
    : { a, _, _ in a }
}

private func extreme<F: FloatingPoint>(_ isFirst: @escaping (F, F) -> Bool) -> (F, F) -> F {
  { a, b in a.isNaN ? a : b.isNaN ? b : isFirst(a, b) ? a : b }
}

/// `a * 2^b`. The first product is exact, so that only the second rounds.
private func scaled<F: BinaryFloatingPoint>(_ a: F, _ b: F) -> F {
  if a.isNaN || b.isNaN { return .nan }
  let whole = F.Exponent(min(max(b, -4096), 4096))
  let least = F.leastNormalMagnitude.exponent + 32, most = F.greatestFiniteMagnitude.exponent - 1
  let first = min(max(whole, least), most)
  return a * F(sign: .plus, exponent: first, significand: 1)
    * F(sign: .plus, exponent: whole - first, significand: 1)
}

private func fusedMultiplyAdd(_ dtype: DType) -> PatternFunction {
  dtype == .float32
    ? { a, b, c in UInt64(float(c).addingProduct(float(a), float(b)).bitPattern) }
    : { a, b, c in
      Double(bitPattern: c).addingProduct(Double(bitPattern: a), Double(bitPattern: b)).bitPattern
    }
}

private func conversion(from source: DType, to target: DType) -> PatternFunction {
  switch (source, target) {
  case (.float32, .float64): return { a, _, _ in Double(float(a)).bitPattern }
  case (.float64, .float32):
    return { a, _, _ in UInt64(Float(Double(bitPattern: a)).bitPattern) }
  default: return { a, _, _ in Scalar(bitPattern: a, source).cast(to: target).bitPattern }
  }
}
