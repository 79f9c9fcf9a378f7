import Glibc

/// Why a profile could not be written.
public struct ProfileError: Error, Sendable, CustomStringConvertible, Equatable {
  /// The file, and what the system says of it.
  public let description: String
}

/// Files that are written whole.
enum OutputText {
  static func write(_ text: String, to path: String) throws(ProfileError) {
    guard let file = fopen(path, "w") else { throw failure(path) }
    var text = text
    let count = text.utf8.count
    let written = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) }
    let isWritten = written == count && fflush(file) == 0
    let error = errno
    guard fclose(file) == 0, isWritten else { throw failure(path, isWritten ? errno : error) }
  }

  private static func failure(_ path: String, _ error: Int32 = errno) -> ProfileError {
    ProfileError(description: "\(path): cannot be written; \(String(cString: strerror(error)))")
  }
}
