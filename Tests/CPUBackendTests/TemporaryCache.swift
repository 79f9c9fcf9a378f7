import Foundation

@testable import CPUBackend

/// A folder for a cache, which goes when nobody holds it any more.
final class TemporaryCache {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The cache in a folder that is not there yet.
  func folder(byteLimit: Int = 256 << 20) -> CacheFolder {
    CacheFolder(path: url.appending(path: "a/b").path, byteLimit: byteLimit)
  }

  /// Every file, with what it holds.
  var files: [String: [UInt8]] {
    get throws {
      var files: [String: [UInt8]] = [:]
      for path in FileManager.default.enumerator(atPath: url.path) ?? .init() {
        guard let path = path as? String else { continue }
        let file = url.appending(path: path)
        if try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
          files[file.path] = try [UInt8](Data(contentsOf: file))
        }
      }
      return files
    }
  }
}
