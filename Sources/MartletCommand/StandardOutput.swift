import Foundation

/// Printing that says when it cannot.
enum StandardOutput {
  private static let isOpen = fcntl(STDOUT_FILENO, F_GETFD) >= 0

  /// Looks whether there is a standard output, before a file is opened that takes its place.
  static func prepare() { _ = isOpen }

  /// Writes a text and a line break, past any buffer.
  ///
  /// - Throws: `ClosedPipe` where nobody reads any more, `CommandError` for a full disk.
  static func write(_ text: String) throws {
    if !isOpen { throw CommandError.cannotPrint("it is closed") }
    var line = text.hasSuffix("\n") ? text : text + "\n"
    try line.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Foundation.write(STDOUT_FILENO, rest.baseAddress, rest.count)
        if count < 0 {
          switch errno {
          case EINTR: continue
          case EPIPE: throw ClosedPipe()
          default: throw CommandError.cannotPrint(String(cString: strerror(errno)).lowercased())
          }
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
  }

  /// Writes a value as one line of JSON, its keys in alphabetical order.
  static func write(json value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try write(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}
