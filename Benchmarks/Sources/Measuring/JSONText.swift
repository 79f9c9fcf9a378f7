import Foundation

/// A value as JSON writes it. Unlike Foundation's encoder it keeps the order of the keys.
public indirect enum JSONText: CustomStringConvertible {
  case string(String)
  case int(Int)
  case number(Double)
  case array([JSONText])
  case object([(String, JSONText)])

  public var description: String {
    switch self {
    case .string(let text): Self.quoted(text)
    case .int(let value): "\(value)"
    // Four digits are more than any clock here gives.
    case .number(let value): String(format: "%.4g", value)
    case .array(let elements): "[" + elements.map(\.description).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { "\(Self.quoted($0)): \($1)" }.joined(separator: ", ") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"" + escaped + "\""
  }
}
