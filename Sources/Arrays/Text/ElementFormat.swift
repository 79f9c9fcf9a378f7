/// How the elements of one array are spelled so that they line up, by NumPy's rules.
enum ElementFormat {
  /// Returns the words for the elements of an array, all of one dtype.
  static func words(for values: [Scalar]) -> [String] {
    switch values.first?.dtype.kind {
    case nil: []
    case .bool: values.map { $0 == .bool(true) ? " True" : "False" }
    case .signed, .unsigned: aligned(values.map(\.description))
    case .floating: aligned(FloatFormat.words(for: values))
    }
  }

  /// Returns the word for the element of an array of rank 0.
  static func alone(_ value: Scalar) -> String {
    switch value {
    case .bool(let value): value ? "True" : "False"
    case .int, .uint: value.description
    case .float(let number, _): FloatFormat.alone(value, number)
    }
  }

  private static func aligned(_ words: [String]) -> [String] {
    let width = words.lazy.map(\.utf8.count).max() ?? 0
    return words.map { String(repeating: " ", count: width - $0.utf8.count) + $0 }
  }
}

/// How the floating-point elements of one array are spelled.
///
/// Each number gets the digits that tell it from its neighbours, but at most `precision` after the
/// point. All are written with an exponent if one is large, or small, or if they differ much.
enum FloatFormat {
  /// The most digits after the point.
  static let precision = 8

  /// Returns a word for each value; those of finite numbers have their points in one column.
  static func words(for values: [Scalar]) -> [String] {
    let finite = values.filter { $0.asDouble.isFinite }
    var texts = (needsExponents(finite) ? scientific(finite) : positional(finite)).makeIterator()
    return values.map { value in
      value.asDouble.isFinite ? texts.next() ?? "" : nonFinite(value.asDouble)
    }
  }

  /// Returns the word for a number on its own, which is never rounded.
  static func alone(_ value: Scalar, _ number: Double) -> String {
    guard let digits = Digits(shortest: value) else { return nonFinite(number) }
    let isMiddling = number == 0 || (1e-4..<largest(value.dtype, alone: true)).contains(abs(number))
    return isMiddling
      ? digits.positional(emptyFraction: "0")
      : digits.scientific(fractionCount: nil, exponentCount: 2)
  }

  /// Numbers from this on have an exponent; NumPy takes `float32` to be large earlier.
  private static func largest(_ dtype: DType, alone: Bool) -> Double {
    dtype == .float32 ? 1e6 : alone ? 1e16 : 1e8
  }

  private static func nonFinite(_ value: Double) -> String {
    value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
  }

  private static func needsExponents(_ values: [Scalar]) -> Bool {
    let sizes = values.lazy.map { abs($0.asDouble) }.filter { $0 != 0 }
    guard let dtype = values.first?.dtype, let least = sizes.min(), let greatest = sizes.max()
    else {
      return false
    }
    if greatest >= largest(dtype, alone: false) { return true }
    // NumPy compares in the precision of the elements.
    return dtype == .float32
      ? Float(least) < 1e-4 || Float(greatest) / Float(least) > 1000
      : least < 1e-4 || greatest / least > 1000
  }

  /// All numbers have as many digits as the one that needs most.
  private static func scientific(_ values: [Scalar]) -> [String] {
    let fraction = values.lazy.map { digits($0, isScientific: true).count - 1 }.max() ?? 0
    let numbers = values.map {
      Digits($0.asDouble, fractionCount: fraction, isScientific: true)
    }
    let exponent = numbers.lazy.map { String($0.exponent.magnitude).utf8.count }.max() ?? 0
    return numbers.map { $0.scientific(fractionCount: fraction, exponentCount: max(2, exponent)) }
  }

  /// Each number has as many digits as it needs, and spaces after them.
  private static func positional(_ values: [Scalar]) -> [String] {
    let numbers = values.map { digits($0, isScientific: false) }
    let fractions = numbers.map(\.fractionCount)
    let most = fractions.max() ?? 0
    return zip(numbers, fractions).map { number, fraction in
      number.positional(emptyFraction: "") + String(repeating: " ", count: most - fraction)
    }
  }

  /// Returns the fewest digits for a finite number, but at most `precision` after the point.
  private static func digits(_ value: Scalar, isScientific: Bool) -> Digits {
    if let shortest = Digits(shortest: value) {
      let fraction = isScientific ? shortest.count - 1 : shortest.fractionCount
      if fraction <= precision { return shortest }
    }
    return Digits(value.asDouble, fractionCount: precision, isScientific: isScientific)
  }
}
