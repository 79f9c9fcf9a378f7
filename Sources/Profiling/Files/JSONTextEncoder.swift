/// Encodes values as JSON without Foundation, which programs that use Martlet need not load.
final class JSONTextEncoder: Encoder {
  /// Where a value is put together.
  final class Target {
    var value = JSONText.text("null")
  }

  let target: Target
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  init(_ target: Target = Target()) { self.target = target }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    target.value = .object([])
    return KeyedEncodingContainer(Keyed<Key>(target: target))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    target.value = .list([])
    return Unkeyed(target: target)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(target: target) }

  /// Returns the JSON of a value that stands by itself.
  fileprivate static func json(_ value: some Encodable) throws -> JSONText {
    switch value {
    case let value as String: return .string(value)
    case let value as Bool: return .text("\(value)")
    case let value as Double: return .number(value)
    case let value as any BinaryInteger: return .text("\(value)")
    default:
      let encoder = JSONTextEncoder()
      try value.encode(to: encoder)
      return encoder.target.value
    }
  }
}

private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let target: JSONTextEncoder.Target
  let codingPath: [any CodingKey] = []

  private func add(_ key: String, _ value: JSONText) {
    guard case .object(let members) = target.value else { return }
    target.value = .object(members + [(key, value)])
  }

  mutating func encodeNil(forKey key: Key) { add(key.stringValue, .text("null")) }
  mutating func encode(_ value: some Encodable, forKey key: Key) throws {
    add(key.stringValue, try JSONTextEncoder.json(value))
  }
  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) -> KeyedEncodingContainer<NestedKey> { nested(key).container(keyedBy: type) }
  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    nested(key).unkeyedContainer()
  }
  mutating func superEncoder() -> any Encoder { nested("super") }
  mutating func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

  private func nested(_ key: Key) -> JSONTextEncoder { nested(key.stringValue) }

  private func nested(_ key: String) -> JSONTextEncoder {
    let encoder = JSONTextEncoder()
    add(key, .nested(encoder.target))
    return encoder
  }
}

private struct Unkeyed: UnkeyedEncodingContainer {
  let target: JSONTextEncoder.Target
  let codingPath: [any CodingKey] = []

  var count: Int { if case .list(let values) = target.value { values.count } else { 0 } }

  private func add(_ value: JSONText) {
    guard case .list(let values) = target.value else { return }
    target.value = .list(values + [value])
  }

  mutating func encodeNil() { add(.text("null")) }
  mutating func encode(_ value: some Encodable) throws { add(try JSONTextEncoder.json(value)) }
  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) -> KeyedEncodingContainer<NestedKey> { nested().container(keyedBy: type) }
  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    nested().unkeyedContainer()
  }
  mutating func superEncoder() -> any Encoder { nested() }

  private func nested() -> JSONTextEncoder {
    let encoder = JSONTextEncoder()
    add(.nested(encoder.target))
    return encoder
  }
}

private struct Single: SingleValueEncodingContainer {
  let target: JSONTextEncoder.Target
  let codingPath: [any CodingKey] = []

  mutating func encodeNil() { target.value = .text("null") }
  mutating func encode(_ value: some Encodable) throws {
    target.value = try JSONTextEncoder.json(value)
  }
}
