import Testing

@testable import MachineLimits

/// What Linux says of caches.
@Suite struct CacheLevelTests {
  private static func files(_ caches: [(String, String, String, String)]) -> (String) -> String? {
    var files: [String: String] = [:]
    for (index, cache) in caches.enumerated() {
      let folder = "/sys/devices/system/cpu/cpu0/cache/index\(index)/"
      files[folder + "level"] = cache.0 + "\n"
      files[folder + "type"] = cache.1 + "\n"
      files[folder + "size"] = cache.2 + "\n"
      files[folder + "shared_cpu_list"] = cache.3 + "\n"
    }
    return { [files] in files[$0] }
  }

  @Test("Data caches are read with their sizes and sharers, the nearest first")
  func levels() {
    let read = Self.files([
      ("3", "Unified", "32M", "0-3,8-11"), ("1", "Instruction", "32K", "0"),
      ("1", "Data", "48K", "0"), ("2", "Unified", "1024K", "0,8"),
    ])
    #expect(
      CacheLevel.read(read) == [
        CacheLevel(level: 1, byteCount: 49_152, sharedBy: 1),
        CacheLevel(level: 2, byteCount: 1 << 20, sharedBy: 2),
        CacheLevel(level: 3, byteCount: 32 << 20, sharedBy: 8),
      ])
  }

  @Test("Files that say nothing of use are no caches")
  func damaged() {
    #expect(CacheLevel.read { _ in nil }.isEmpty)
    let read = Self.files([
      ("one", "Data", "48K", "0"), ("2", "Unified", "K", "0"), ("3", "Unified", "-8M", "9-2"),
    ])
    #expect(CacheLevel.read(read).isEmpty)
  }
}
