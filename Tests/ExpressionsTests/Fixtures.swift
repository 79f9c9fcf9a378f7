import Arrays
import Foundation
import SymbolicGraph

/// The arrays and expressions beside the tests.
enum Fixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures")

  static let expressions: [String] = {
    let text = try? String(contentsOf: folder.appending(path: "expressions.txt"), encoding: .utf8)
    return (text ?? "").split(separator: "\n").map(String.init)
  }()

  static let names = ["x", "y", "m", "n", "c", "u", "b", "t", "s", "z", "g"]

  /// Returns the arrays, and inputs that take them, by name.
  static func inputs() throws -> (tensors: [String: Tensor], arrays: [String: NDArray]) {
    var (tensors, arrays): ([String: Tensor], [String: NDArray]) = ([:], [:])
    for name in names {
      let array = try NDArray(contentsOf: folder.appending(path: "\(name).npy").path)
      arrays[name] = array
      tensors[name] = Tensor(name, array.dtype, shape: array.shape.map { .fixed($0) })
    }
    return (tensors, arrays)
  }

  /// What NumPy made of them when the files were written.
  static let expected = Result { try load(folder) }

  /// What the NumPy on this machine makes of them, or nil without one.
  static let installed: [String: NDArray]? = {
    let target = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: target) }
    try? FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "python3", "-W", "ignore", folder.appending(path: "make-fixtures.py").path, target.path,
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    process.waitUntilExit()
    return try? load(target)
  }()

  private static func load(_ folder: URL) throws -> [String: NDArray] {
    let entries = try NDArray.load(npz: folder.appending(path: "expected.npz").path)
    return Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.array) })
  }
}
