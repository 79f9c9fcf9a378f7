import Arrays

/// Why a profile could not be written.
public struct ProfileError: Error, Sendable, CustomStringConvertible, Equatable {
  /// The file, and what the system says of it.
  public let description: String
}

/// Files that are written whole.
enum OutputText {
  static func write(_ text: String, to path: String) throws(ProfileError) {
    do throws(ArrayError) {
      var file = try OutputFile(path)
      try file.write(text)
      try file.commit()
    } catch {
      throw ProfileError(description: error.description)
    }
  }
}
