/// Machine code that is linked and may lie at any address that is a multiple of 4,096.
///
/// Code and constants lie in one run of bytes and find each other by distance. Nothing in it is
/// ever written to: a module with variables cannot become an image.
package struct Image: Sendable, Equatable {
  /// Code and constants.
  package let bytes: [UInt8]

  /// Where the symbols that were asked for lie in `bytes`.
  package let entries: [String: Int]

  /// Whether it holds no address of this process, so that it may be kept for another one.
  package let isPortable: Bool

  /// Wraps an image that an earlier process kept; nil when an entry lies outside of it.
  package init?(bytes: [UInt8], entries: [String: Int]) {
    guard entries.values.allSatisfy(bytes.indices.contains) else { return nil }
    self.init(bytes: bytes, entries: entries, isPortable: true)
  }

  init(bytes: [UInt8], entries: [String: Int], isPortable: Bool) {
    self.bytes = bytes
    self.entries = entries
    self.isPortable = isPortable
  }

  /// The same code with some of its entries under other names: `names` has the old ones, by new name.
  func with(entries names: [String: String]) -> Image {
    Image(bytes: bytes, entries: names.compactMapValues { entries[$0] }, isPortable: isPortable)
  }
}
