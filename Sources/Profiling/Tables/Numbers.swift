/// Numbers as C's `printf` writes them; the tables have the columns that it made.

/// `%width.decimals f`.
func fixed(_ value: Double, _ decimals: Int, width: Int = 0) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return right(nonFinite(value), width) }
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let scaled = (abs(value) * scale).rounded(.toNearestOrEven)
  let (whole, rest) = Int(scaled).quotientAndRemainder(dividingBy: Int(scale))
  let sign = value < 0 && scaled > 0 ? "-" : ""
  let fraction = decimals == 0 ? "" : "." + zeros(rest, decimals)
  return right("\(sign)\(whole)\(fraction)", width)
}

/// `%width.decimals e`.
func exponential(_ value: Double, _ decimals: Int = 6, width: Int = 0) -> String {
  guard value.isFinite else { return right(nonFinite(value), width) }
  var (mantissa, exponent) = (abs(value), 0)
  while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  while mantissa > 0, mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
  var digits = fixed(mantissa, decimals)
  if digits.hasPrefix("10") {
    digits = fixed(mantissa / 10, decimals)
    exponent += 1
  }
  let sign = exponent < 0 ? "-" : "+"
  return right("\(value < 0 ? "-" : "")\(digits)e\(sign)\(zeros(abs(exponent), 2))", width)
}

/// `%width d`.
func whole(_ value: Int, width: Int) -> String { right(String(value), width) }

private func nonFinite(_ value: Double) -> String {
  value.isNaN ? "nan" : value.isInfinite ? (value < 0 ? "-inf" : "inf") : "\(value)"
}

private func zeros(_ value: Int, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

func right(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

func left(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

/// `12.3 MB`, in the unit that suits it.
package func byteText(_ bytes: Double) -> String {
  var (value, unit) = (bytes, 0)
  while value >= 1000, unit < 4 { (value, unit) = (value / 1000, unit + 1) }
  return fixed(value, unit == 0 ? 0 : 1) + " " + ["B", "KB", "MB", "GB", "TB"][unit]
}

/// `1.23 µs`, in the unit that suits it.
func timeText(_ seconds: Double) -> String {
  switch seconds {
  case ..<1e-6: fixed(seconds * 1e9, 1) + " ns"
  case ..<1e-3: fixed(seconds * 1e6, 2) + " µs"
  case ..<1: fixed(seconds * 1e3, 2) + " ms"
  default: fixed(seconds, 3) + " s"
  }
}

/// `12.3 %`.
func percentText(_ share: Double) -> String { fixed(100 * share, 1) + " %" }
