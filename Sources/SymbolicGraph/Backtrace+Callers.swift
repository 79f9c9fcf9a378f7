import Runtime

extension Backtrace {
  /// The backtrace with these return addresses, nearest first.
  ///
  /// The runtime would find them itself, but follows whatever frame pointers it meets: to what is no
  /// address at all, where a function on the way, such as a part of an asynchronous one, keeps something
  /// else in their register. Yet it looks places up for backtraces only, and makes those that it has not
  /// captured by decoding. Throws where it has another format than Swift 6.3's, that of this process.
  init(callers: [UInt]) throws {
    #if arch(x86_64)
      let architecture = "x86_64"
    #elseif arch(arm64)
      let architecture = "aarch64"
    #else
      let architecture = ""
    #endif
    try self.init(
      from: Record(fields: [
        "architecture": architecture, "backtrace": base64(compact(callers)),
      ]))
  }
}

/// Swift's compact format of backtraces: 2 for addresses of 64 bits; the addresses, each after a byte
/// that says that it is one to which a call returns, that it stands there as it is, and that it has
/// eight bytes, the highest first; 0 for the end.
private func compact(_ callers: [UInt]) -> [UInt8] {
  let addresses = callers.flatMap { address -> [UInt8] in
    [0x2f] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: UInt64(address) >> (8 * $0)) }
  }
  return [2] + addresses + [0]
}

/// Three bytes as four characters, six bits each, without the `=` that would make whole fours
/// (RFC 4648, section 4).
private func base64(_ bytes: [UInt8]) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  return String(
    stride(from: 0, to: bytes.count * 8, by: 6).map { bit in
      let pair =
        UInt16(bytes[bit / 8]) << 8 | (bit / 8 + 1 < bytes.count ? UInt16(bytes[bit / 8 + 1]) : 0)
      return digits[Int(pair >> (10 - bit % 8)) & 63]
    })
}

/// A decoder of texts by their names.
private struct Record: Decoder {
  let fields: [String: String]

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Fields(record: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw other([Any].self) }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { throw other(Any.self) }

  func other(_ type: Any.Type) -> DecodingError {
    .typeMismatch(type, .init(codingPath: [], debugDescription: "there are texts by their names"))
  }

  private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let record: Record

    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { record.fields.keys.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { record.fields[key.stringValue] != nil }

    func decodeNil(forKey key: Key) -> Bool { !contains(key) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
      guard let value = record.fields[key.stringValue] as? Value else { throw record.other(type) }
      return value
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
      throw record.other(type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      throw record.other([Any].self)
    }

    func superDecoder() -> any Decoder { record }

    func superDecoder(forKey key: Key) -> any Decoder { record }
  }
}
