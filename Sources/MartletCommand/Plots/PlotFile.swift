import Arrays

/// A file for a plot, opened before anything is measured, so that a path that cannot be written is
/// refused at once.
final class PlotFile {
  private var file: OutputFile

  /// Opens a file; nil where none is asked for.
  ///
  /// - Throws: `ArrayError` with the system's reason, as `write` does.
  init?(_ path: String?) throws {
    guard let path else { return nil }
    file = try OutputFile(path)
  }

  /// Writes the plot, which takes the place of what the file held.
  func write(_ svg: String) throws {
    try file.write(svg)
    try file.commit()
  }
}
