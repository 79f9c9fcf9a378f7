import Foundation
package import Testing

/// Checks that `text` is what the file `Golden/<name>.txt` beside the test holds.
///
/// With `MARTLET_UPDATE_GOLDEN=1` in the environment the file is written instead; the reader of the
/// commit then looks at what changed.
package func expectGolden(
  _ text: String, _ name: String, file: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let folder = URL(fileURLWithPath: file).deletingLastPathComponent().appending(path: "Golden")
  let golden = folder.appending(path: "\(name).txt")
  let text = text.hasSuffix("\n") ? text : text + "\n"
  if ProcessInfo.processInfo.environment["MARTLET_UPDATE_GOLDEN"] == "1" {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try text.write(to: golden, atomically: true, encoding: .utf8)
    return
  }
  guard let expected = try? String(contentsOf: golden, encoding: .utf8) else {
    Issue.record(
      "Golden/\(name).txt is missing; `make golden` writes it", sourceLocation: sourceLocation)
    return
  }
  if text != expected {
    Issue.record(
      "\(firstDifference(text, expected, name))\nwhole text:\n\(text)",
      sourceLocation: sourceLocation)
  }
}

/// Names the first line in which the text and the file differ.
private func firstDifference(_ text: String, _ expected: String, _ name: String) -> String {
  let got = text.split(separator: "\n", omittingEmptySubsequences: false)
  let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
  let common = min(got.count, wanted.count)
  let line = (0..<common).first { got[$0] != wanted[$0] } ?? common
  func content(_ lines: [Substring]) -> Substring { line < lines.count ? lines[line] : "(end)" }
  return """
    Golden/\(name).txt:\(line + 1) differs
      expected: \(content(wanted))
      got:      \(content(got))
    """
}
