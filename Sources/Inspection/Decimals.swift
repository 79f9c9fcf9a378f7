import Glibc

/// Numbers in decimal notation with a given number of digits.
package enum Decimals {
  /// As C's `%.nf` does; `inf` and `nan` stay words.
  package static func fixed(_ value: Double, digits: Int) -> String {
    guard value.magnitude < 1e15 else { return "\(value)" }
    let scale = power(digits)
    let scaled = (value.magnitude * scale).rounded(.toNearestOrEven)
    let whole = (scaled / scale).rounded(.down)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(Int(scaled))" }
    let rest = "\(Int(scaled - whole * scale))"
    return "\(sign)\(Int(whole))." + String(repeating: "0", count: digits - rest.count) + rest
  }

  /// As C's `%.2e` does: `2.66e-02`.
  package static func scientific(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0.00e+00" : "\(value)" }
    var exponent = Int(log10(value.magnitude).rounded(.down))
    var mantissa = fixed(value / pow(10, Double(exponent)), digits: 2)
    if mantissa.drop(while: { $0 == "-" }).hasPrefix("10.") {
      exponent += 1
      mantissa = fixed(value / pow(10, Double(exponent)), digits: 2)
    }
    let size = "\(exponent.magnitude)"
    return "\(mantissa)e\(exponent < 0 ? "-" : "+")\(size.count < 2 ? "0" : "")\(size)"
  }

  /// With at most `digits` digits that tell something: `1.23`, `12.3`, `123`, `1230`.
  package static func significant(_ value: Double, digits: Int) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    let before = Int(log10(value.magnitude).rounded(.down)) + 1
    let text = fixed(value, digits: max(digits - max(before, 1), 0))
    guard text.contains(".") else { return text }
    let short = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(short.reversed())
  }

  private static func power(_ digits: Int) -> Double { pow(10, Double(digits)) }
}
