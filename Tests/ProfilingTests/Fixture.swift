import Foundation
import Testing

/// What Theano 1.0.5 printed, kept as it was.
enum Fixture {
  static func text(_ name: String) throws -> String {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    return try String(contentsOf: folder.appending(path: name + ".txt"), encoding: .utf8)
  }
}
