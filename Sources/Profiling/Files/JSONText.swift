/// A value as JSON; the order of keys is that in which they are encoded.
enum JSONText {
  case text(String)
  case list([JSONText])
  case object([(key: String, value: JSONText)])
  /// What another encoder has put together.
  case nested(JSONTextEncoder.Target)

  /// The text of something that can be encoded.
  static func text(of value: some Encodable, indented: Bool = true) throws -> String {
    let encoder = JSONTextEncoder()
    try value.encode(to: encoder)
    return encoder.target.value.written(indented ? 0 : nil)
  }

  static func string(_ string: String) -> JSONText { .text(quoted(string)) }

  /// A string with quotes.
  static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case _ where scalar.value < 0x20:
        text += "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }

  /// JSON has no word for what is not a number.
  static func number(_ value: Double) -> JSONText { .text(value.isFinite ? "\(value)" : "null") }

  private func written(_ depth: Int?) -> String {
    switch self {
    case .text(let text): return text
    case .nested(let target): return target.value.written(depth)
    case .list(let values):
      return Self.enclosed("[", "]", values.map { $0.written(depth.map { $0 + 1 }) }, depth)
    case .object(let members):
      let lines = members.map { key, value in
        Self.quoted(key) + ": " + value.written(depth.map { $0 + 1 })
      }
      return Self.enclosed("{", "}", lines, depth)
    }
  }

  private static func enclosed(
    _ open: String, _ close: String, _ items: [String], _ depth: Int?
  ) -> String {
    guard let depth, !items.isEmpty else { return open + items.joined(separator: ", ") + close }
    let margin = String(repeating: "  ", count: depth)
    return "\(open)\n" + items.map { "\(margin)  \($0)" }.joined(separator: ",\n")
      + "\n\(margin)\(close)"
  }
}
