import Arrays
import Foundation

/// A file for a plot, opened before anything is measured, so that a path that cannot be written is
/// refused at once.
struct PlotFile {
  private let path: String
  private let file: UnsafeMutablePointer<FILE>

  /// Opens a file; nil where none is asked for.
  ///
  /// - Throws: `CommandError` with the system's reason, as `write` does.
  init?(_ path: String?) throws {
    guard let path else { return nil }
    let held = DescriptorPath(path)
    guard let file = held.map({ fdopen($0.duplicate(), "w") }) ?? fopen(path, "we") else {
      throw CommandError.cannotWrite(path, errno)
    }
    (self.path, self.file) = (path, file)
  }

  /// Writes the plot and closes the file.
  func write(_ svg: String) throws {
    let isWritten = fputs(svg, file) >= 0
    let reason = errno
    guard fclose(file) == 0, isWritten else {
      throw CommandError.cannotWrite(path, isWritten ? errno : reason)
    }
  }
}
