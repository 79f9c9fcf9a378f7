import Glibc

/// A finite number as decimal digits: `0.d1d2d3… * 10^(exponent + 1)`, without trailing zeros.
struct Digits {
  /// Whether there is a minus before it; zero may have one.
  let isNegative: Bool
  /// ASCII digits; a single `0` for zero.
  let digits: ArraySlice<UInt8>
  /// The power of ten of the first digit.
  let exponent: Int

  /// The number of digits.
  var count: Int { digits.count }

  /// The number of digits after the point when there is no exponent.
  var fractionCount: Int { max(0, digits.count - 1 - exponent) }

  /// Makes the fewest digits that tell the number from its neighbours in its dtype; `nil` if it is
  /// not a finite floating-point number.
  init?(shortest value: Scalar) {
    switch value {
    case .float(let number, let dtype) where number.isFinite:
      self.init(parsing: dtype == .float32 ? Float(number).description : number.description)
    case .bool, .int, .uint, .float: return nil
    }
  }

  /// Reads what a number was printed as, with or without a point and an exponent.
  init(parsing text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "e"))
    let mantissa = parts[0].drop { $0 == UInt8(ascii: "-") }
    let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.endIndex
    let all = mantissa.filter { $0 != UInt8(ascii: ".") }[...]
    let significant = all.drop { $0 == UInt8(ascii: "0") }
    let last = significant.lastIndex { $0 != UInt8(ascii: "0") }

    isNegative = text.utf8.first == UInt8(ascii: "-")
    digits = last.map { significant[...$0] } ?? [UInt8(ascii: "0")]
    let written = parts.count > 1 ? Int(Substring(parts[1])) ?? 0 : 0
    let places = mantissa.distance(from: mantissa.startIndex, to: point) - 1
    exponent = last == nil ? 0 : written + places - (all.count - significant.count)
  }

  /// Makes the digits of `value` rounded to `fractionCount` places after the point; half to even.
  ///
  /// It is the number that is rounded, not its shortest digits: rounding twice is off by one where
  /// those end in a 5.
  init(_ value: Double, fractionCount: Int, isScientific: Bool) {
    let format = "%.\(fractionCount)" + (isScientific ? "e" : "f")
    var bytes = [CChar](repeating: 0, count: 32)
    let length = withVaList([value]) { vsnprintf(&bytes, bytes.count, format, $0) }
    let text = bytes.prefix(Int(length)).map { UInt8(bitPattern: $0) }
    self.init(parsing: String(decoding: text, as: UTF8.self))
  }

  /// Returns the number without an exponent; `emptyFraction` follows the point if nothing else does.
  func positional(emptyFraction: String) -> String {
    let zeros = { (count: Int) in [UInt8](repeating: UInt8(ascii: "0"), count: max(count, 0)) }
    let padded = zeros(-exponent) + digits + zeros(exponent + 1 - digits.count)
    let whole = max(exponent, 0) + 1
    let fraction = String(decoding: padded[whole...], as: UTF8.self)
    return sign + String(decoding: padded[..<whole], as: UTF8.self) + "."
      + (fraction.isEmpty ? emptyFraction : fraction)
  }

  /// Returns the number with an exponent of at least `exponentCount` digits; `fractionCount` digits
  /// follow the point, or as many as there are, and no point if there are none.
  func scientific(fractionCount: Int?, exponentCount: Int) -> String {
    var fraction = String(decoding: digits.dropFirst(), as: UTF8.self)
    if let fractionCount {
      fraction += String(repeating: "0", count: max(0, fractionCount - fraction.utf8.count))
    }
    let point = fraction.isEmpty && fractionCount == nil ? "" : "."
    let power = String(exponent.magnitude)
    let zeros = String(repeating: "0", count: max(0, exponentCount - power.utf8.count))
    return sign + String(decoding: digits.prefix(1), as: UTF8.self) + point + fraction
      + (exponent < 0 ? "e-" : "e+") + zeros + power
  }

  private var sign: String { isNegative ? "-" : "" }
}
