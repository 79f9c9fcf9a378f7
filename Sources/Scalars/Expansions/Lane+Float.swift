package import Arrays

// What the formulas of floating functions are written with. `Scripts/fit-coefficients` prints their
// polynomials and tables.

/// How a floating dtype lays out its bits, and the shifter that rounds to whole numbers.
///
/// Adding 1.5 * 2^mantissaBits to a value of less than a third of that leaves its nearest whole
/// number in the low bits of the sum. This needs neither a rounding nor a conversion instruction,
/// and the number can be used as an integer and (after subtracting the shifter) as a float.
package struct FloatFormat {
  /// The integer dtype of the same width.
  package let integer: DType
  /// The bits below the exponent.
  package let mantissaBits: Int
  /// What is added to an exponent to store it.
  package let bias: Int

  /// The shifter that leaves `n + offset` in the low bits.
  package func shifter(offset: Int = 0) -> Double {
    1.5 * Double(sign: .plus, exponent: mantissaBits, significand: 1) + Double(offset)
  }

  /// 1 sign bit, 8 bits of exponent, 23 of mantissa.
  package static let float32 = FloatFormat(integer: .int32, mantissaBits: 23, bias: 127)
  /// 1 sign bit, 11 bits of exponent, 52 of mantissa.
  package static let float64 = FloatFormat(integer: .int64, mantissaBits: 52, bias: 1023)
}

extension Lane {
  /// The layout of this value, which is a float.
  var format: FloatFormat { dtype == .float32 ? .float32 : .float64 }

  /// The bits of this value, a float, as a signed integer.
  var bits: Lane { bitcast(to: format.integer) }

  /// The value without its sign.
  var magnitude: Lane { apply(.abs) }

  /// Only the sign bit of this value, a float, as an integer.
  var signBit: Lane { bits & bits.constant(integer: dtype == .float32 ? 1 << 31 : 1 << 63) }

  /// An integer constant of this value's dtype, given by its low bits.
  func constant(integer pattern: UInt64) -> Lane {
    constant(Scalar.uint(pattern, .uint64).cast(to: dtype))
  }

  /// The bits of a number in this value's dtype, a floating one.
  func pattern(of number: Double) -> UInt64 {
    Scalar.float(number, .float64).cast(to: dtype).bitPattern
  }

  /// The same as a signed integer constant.
  func constantBits(of number: Double) -> Lane { bits.constant(integer: pattern(of: number)) }

  /// The value, a float, with its sign flipped where `sign` has the sign bit.
  func flippingSign(_ sign: Lane) -> Lane { (bits ^ sign).bitcast(to: dtype) }

  /// `coefficients[0] + coefficients[1] * self + …`, by Horner's scheme.
  func polynomial(_ coefficients: [Double]) -> Lane {
    var sum = constant(coefficients[coefficients.count - 1])
    for coefficient in coefficients.dropLast().reversed() {
      sum = fma(sum, self, constant(coefficient))
    }
    return sum
  }

  /// Likewise, by Horner's scheme of pairs of terms in `square`, which is `self * self`, or of pairs of
  /// pairs in its square: as many steps, of which fewer follow each other. What rounding did to the squares
  /// leaves a quotient of two such polynomials almost untouched.
  func polynomial(_ coefficients: [Double], square: Lane) -> Lane {
    var terms = paired(coefficients.map(constant)), power = square
    if terms.count > 3 { (terms, power) = (square.paired(terms), square * square) }
    return terms.dropLast().reversed().reduce(terms[terms.count - 1]) { fma($0, power, $1) }
  }

  /// The sums of each term with an even number and this value times the next, which has an odd one.
  private func paired(_ terms: [Lane]) -> [Lane] {
    stride(from: 0, to: terms.count, by: 2).map { at in
      at + 1 < terms.count ? fma(self, terms[at + 1], terms[at]) : terms[at]
    }
  }

  /// The value, or the bound where the value is beyond; a NaN stays. One instruction on most
  /// machines, where `min` and `max` also have to look for a NaN in the bound.
  func limited(above bound: Double) -> Lane {
    select(self .> constant(bound), constant(bound), self)
  }

  /// Likewise for a value below the bound.
  func limited(below bound: Double) -> Lane {
    select(self .< constant(bound), constant(bound), self)
  }
}

/// The opposite of a bool.
func not(_ condition: Lane) -> Lane { condition.apply(.not) }
