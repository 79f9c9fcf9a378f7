import Runtime

extension ImageMap {
  /// The map without images, or where the runtime has another format than Swift 6.3's, that of this
  /// process.
  ///
  /// With a map that has images, a capture looks every address up in their symbols, to find the
  /// asynchronous functions: 3 to 5 µs each time, and 4 to 8 ms the first, when it sorts the symbols of
  /// each image. With none it takes 0.6 µs from the first on, and knows of no asynchronous function who
  /// awaits it. Without a map, it would make one each time.
  static let empty = (try? ImageMap(from: OneText(text: Self.emptyMap))) ?? capture()

  /// Base64 of the bytes of Swift's compact format of image maps: 2 for addresses of 64 bits; the
  /// length and the name of the platform, Linux; 0 images.
  private static let emptyMap = "AgVMaW51eAA"
}

/// A decoder of a single text, as image maps are encoded.
private struct OneText: Decoder, SingleValueDecodingContainer {
  let text: String

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { false }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    guard let value = text as? Value else { throw other(type) }
    return value
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    throw other(type)
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw other([Any].self) }

  private func other(_ type: Any.Type) -> DecodingError {
    .typeMismatch(type, .init(codingPath: [], debugDescription: "there is one text"))
  }
}
