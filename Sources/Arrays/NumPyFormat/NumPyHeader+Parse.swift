extension NumPyHeader {
  /// The longest header that is read; NumPy's own take some hundred bytes.
  private static let limit = 1 << 20

  /// Reads the header that `bytes` begin with.
  ///
  /// - Returns: the header, and the number of bytes up to the first element.
  /// - Throws: when it is not a header, or not one of a file we can hold; `name` begins the sentence.
  static func parse(
    _ bytes: UnsafeRawBufferPointer, name: String
  ) throws(ArrayError) -> (header: NumPyHeader, byteCount: Int) {
    guard bytes.count >= magic.count + 2, bytes.starts(with: magic) else {
      throw .notNumPyFile(name)
    }
    let (major, minor) = (bytes[6], bytes[7])
    guard (1...3).contains(major), minor == 0 else {
      throw .unknownVersion(name, major: Int(major), minor: Int(minor))
    }
    let start = major == 1 ? 10 : 12
    guard bytes.count >= start else { throw .endsInHeader(name, byteCount: bytes.count) }
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count >= start + length else {
      throw .truncatedHeader(name, length: length, available: bytes.count - start)
    }
    guard length <= limit else { throw .headerTooLong(name, length: length, limit: limit) }
    let text = Array(bytes[start..<start + length])
    return (try parse(dictionary: text, name: name), start + length)
  }

  /// Reads the Python dictionary that the header is.
  private static func parse(dictionary text: [UInt8], name: String) throws(ArrayError)
    -> NumPyHeader
  {
    guard let items = PythonLiteral.dictionary(text) else {
      throw .notADictionary(name, String(decoding: text, as: UTF8.self))
    }
    let keys = items.map(\.key)
    guard keys.sorted() == ["descr", "fortran_order", "shape"] else {
      throw .wrongKeys(name, keys)
    }
    func item(_ key: String) -> PythonLiteral { items.first { $0.key == key }?.value ?? .other }
    guard case .string(let descriptor) = item("descr") else { throw .structuredDType(name) }
    guard case .bool(let isFortranOrder) = item("fortran_order") else {
      throw .wrongHeaderValue(name, key: "fortran_order", rule: "True or False")
    }
    guard case .tuple(let shape) = item("shape") else {
      throw .wrongHeaderValue(name, key: "shape", rule: "a tuple of integers")
    }
    guard let (dtype, isBigEndian) = parse(descriptor: descriptor) else {
      throw .unknownDescriptor(name, descriptor)
    }
    return NumPyHeader(
      dtype: dtype, isBigEndian: isBigEndian, isFortranOrder: isFortranOrder, shape: shape)
  }
}

/// The few forms of Python literals that headers are made of.
enum PythonLiteral: Equatable {
  case string(String)
  case bool(Bool)
  case tuple([Int])
  /// A literal that no header needs.
  case other

  /// Reads a dictionary with strings for keys; `nil` if the text is anything else.
  static func dictionary(_ text: [UInt8]) -> [(key: String, value: PythonLiteral)]? {
    var parser = PythonParser(text)
    guard let items = parser.dictionary(), parser.isAtEnd else { return nil }
    return items
  }
}

/// Reads literals from left to right; each function takes what it recognises, or returns `nil`.
private struct PythonParser {
  private var rest: ArraySlice<UInt8>

  init(_ text: [UInt8]) { rest = text[...] }

  var isAtEnd: Bool { rest.allSatisfy(Self.isSpace) }

  mutating func dictionary() -> [(key: String, value: PythonLiteral)]? {
    guard take("{") else { return nil }
    var items: [(key: String, value: PythonLiteral)] = []
    while !take("}") {
      guard let key = string(), take(":"), let value = value() else { return nil }
      items.append((key, value))
      guard take(",") || next == UInt8(ascii: "}") else { return nil }
    }
    return items
  }

  private mutating func value() -> PythonLiteral? {
    if let string = string() { return .string(string) }
    if take("True") { return .bool(true) }
    if take("False") { return .bool(false) }
    if let tuple = tuple() { return .tuple(tuple) }
    return skipped() ? .other : nil
  }

  /// Without escapes, which no dtype of ours has.
  private mutating func string() -> String? {
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      return nil
    }
    let content = rest.dropFirst().prefix { $0 != quote && $0 != UInt8(ascii: "\\") }
    guard content.endIndex < rest.endIndex, rest[content.endIndex] == quote else { return nil }
    rest = rest[(content.endIndex + 1)...]
    return String(decoding: content, as: UTF8.self)
  }

  /// A tuple of integers; one integer needs a comma after it, as in Python.
  private mutating func tuple() -> [Int]? {
    let start = rest
    guard take("(") else { return nil }
    var (numbers, endsWithComma): ([Int], Bool) = ([], true)
    while !take(")") {
      guard endsWithComma, let number = integer() else {
        rest = start
        return nil
      }
      numbers.append(number)
      endsWithComma = take(",")
    }
    if numbers.count == 1, !endsWithComma {
      rest = start
      return nil
    }
    return numbers
  }

  /// An integer, with the `L` that Python 2 wrote after it; saturated where it does not fit.
  private mutating func integer() -> Int? {
    let isNegative = take("-")
    _ = next
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !digits.isEmpty else { return nil }
    rest = rest[digits.endIndex...]
    _ = take("L")
    let magnitude = Int(String(decoding: digits, as: UTF8.self)) ?? .max
    return isNegative ? -magnitude : magnitude
  }

  /// Passes over a list or any other bracket, or over a word.
  private mutating func skipped() -> Bool {
    var depth = 0
    let length = rest.count
    while let byte = next {
      if string() != nil { continue }
      if "([".utf8.contains(byte) { depth += 1 }
      if ")]".utf8.contains(byte) { depth -= 1 }
      if depth <= 0, ",}".utf8.contains(byte) { break }
      rest = rest.dropFirst()
    }
    return depth == 0 && rest.count < length
  }

  /// The next byte that is not a space, without taking it.
  private var next: UInt8? {
    mutating get {
      rest = rest.drop(while: Self.isSpace)
      return rest.first
    }
  }

  private mutating func take(_ word: StaticString) -> Bool {
    _ = next
    let bytes = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard rest.starts(with: bytes) else { return false }
    rest = rest.dropFirst(bytes.count)
    return true
  }

  private static func isSpace(_ byte: UInt8) -> Bool { " \t\r\n".utf8.contains(byte) }
}
