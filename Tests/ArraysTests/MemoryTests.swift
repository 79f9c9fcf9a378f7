import Foundation
import Synchronization
import Testing

@testable import Arrays

@Suite("Memory")
struct MemoryTests {
  @Test(
    "Storage of every size is aligned to 64 bytes, and zeroed on request even when it is reused")
  func storage() throws {
    for _ in 0..<2 {
      for byteCount in [
        1, 63, 4096, 1 << 15, 100_000, (1 << 20) - 1, 1 << 20, (1 << 21) - 1, 1 << 21, 3_000_000,
      ] {
        let storage = try ArrayStorage.allocate(byteCount: byteCount, zeroed: true)
        let bytes = UnsafeMutableRawBufferPointer(start: storage.base, count: storage.byteCount)
        #expect(storage.byteCount == byteCount)
        #expect(Int(bitPattern: storage.base) % 64 == 0)
        #expect(bytes.allSatisfy { $0 == 0 })
        _ = bytes.initializeMemory(as: UInt8.self, repeating: 0xFF)
      }
    }
    #expect(try ArrayStorage.allocate(byteCount: 0).byteCount == 0)
  }

  @Test("Blocks are reused, newest first, also for arrays of nearly the same size")
  func reuse() throws {
    for (source, byteCount) in [(BlockSource.heap, 100_000), (.mapping, 5_000_000)] {
      let pool = BlockPool(source, limit: 1 << 30)
      let first = try #require(pool.take(byteCount)).base
      let second = try #require(pool.take(byteCount)).base
      pool.giveBack(first, byteCount)
      pool.giveBack(second, byteCount)
      #expect(pool.freeByteCount >= 2 * byteCount)
      #expect(pool.take(byteCount - 100)?.base == second)
      #expect(pool.take(byteCount)?.base == first)
      #expect(pool.freeByteCount == 0)
      pool.giveBack(first, byteCount)
      pool.giveBack(second, byteCount - 100)
      pool.drain()
      #expect(pool.freeByteCount == 0)
    }
  }

  /// Kernels may lack huge pages, and emulated ones leave the flags out.
  private static let tellsOfHugePages =
    FileManager.default.fileExists(atPath: "/sys/kernel/mm/transparent_hugepage")
    && (try? mappings().contains { $0.hasPrefix("VmFlags:") }) == true

  @Test(
    "Large blocks begin at a huge page, and the system is asked for such",
    .enabled(if: tellsOfHugePages))
  func hugePages() throws {
    let storage = try ArrayStorage.allocate(byteCount: 5_000_000)
    let address = UInt(bitPattern: storage.base)
    #expect(address % (1 << 21) == 0)
    #expect(try flags(ofMappingAt: address).contains("hg"))
    // Small ones share their pages with others.
    let small = try ArrayStorage.allocate(byteCount: 5_000)
    #expect(try !flags(ofMappingAt: UInt(bitPattern: small.base)).contains("hg"))
    withExtendedLifetime((storage, small)) {}
  }

  /// What the system knows of the mapping at an address: `hg` if huge pages are asked for.
  private func flags(ofMappingAt address: UInt) throws -> [Substring] {
    var isWanted = false
    for line in try Self.mappings() {
      if let range = line.wholeMatch(of: /([0-9a-f]+)-([0-9a-f]+) .*/)?.output,
        let start = UInt(range.1, radix: 16), let end = UInt(range.2, radix: 16)
      {
        isWanted = start <= address && address < end
      } else if isWanted, line.hasPrefix("VmFlags:") {
        return line.split(separator: " ")
      }
    }
    throw NoMapping()
  }

  /// What the system tells of the memory of this process, line by line.
  private static func mappings() throws -> [Substring] {
    // All of it: a file of no length that the system knows is read in pieces.
    let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/smaps"))
    var text = Data()
    while let more = try file.read(upToCount: 1 << 20), !more.isEmpty { text += more }
    return String(decoding: text, as: UTF8.self).split(separator: "\n")
  }

  private struct NoMapping: Error {}

  @Test("A pool keeps no more than its limit, and gives the oldest blocks back first")
  func limit() throws {
    let pool = BlockPool(.heap, limit: 1 << 20)
    let blocks = try (0..<5).map { _ in try #require(pool.take(1 << 18)).base }
    for block in blocks { pool.giveBack(block, 1 << 18) }
    #expect(pool.freeByteCount == 1 << 20)
    let kept = (0..<4).compactMap { _ in pool.take(1 << 18)?.base }
    #expect(kept == blocks.dropFirst().reversed())
    for block in kept { pool.giveBack(block, 1 << 18) }
    let large = try #require(pool.take(1 << 21)).base
    pool.giveBack(large, 1 << 21)
    #expect(pool.freeByteCount == 1 << 20)
    pool.drain()
  }

  @Test("More than the machine has is refused, whether at once or by and by")
  func refusal() throws {
    let size = ByteCount.text(UInt128(MemoryLimit.byteCount + 1))
    expectError("array: \(size) cannot be allocated") {
      _ = try ArrayStorage.allocate(byteCount: MemoryLimit.byteCount + 1)
    }
    // Never touched, so that no memory is really taken.
    let half = try ArrayStorage.allocate(byteCount: MemoryLimit.byteCount / 2)
    #expect(throws: ArrayError.self) {
      try ArrayStorage.allocate(byteCount: MemoryLimit.byteCount / 4 * 3)
    }
    withExtendedLifetime(half) {}
  }

  @Test("Before anything is refused, whoever keeps memory gives it back")
  func relief() throws {
    let pool = BlockPool(.mapping, limit: 0)
    let half = MemoryLimit.byteCount / 2, most = MemoryLimit.byteCount / 4 * 3
    // Never touched, so that no memory is really taken.
    let kept = Mutex<UInt>(UInt(bitPattern: try #require(pool.take(half)).base))
    #expect(pool.take(most) == nil)
    BlockPool.beforeRefusal {
      kept.withLock { address in
        if let base = UnsafeMutableRawPointer(bitPattern: address) { pool.giveBack(base, half) }
        address = 0
      }
    }
    let block = try #require(pool.take(most))
    pool.giveBack(block.base, most)
    #expect(kept.withLock { $0 } == 0)
  }

  @Test("The tightest group counts, of either version of control groups")
  func groups() {
    let second = [
      "/proc/self/cgroup": "0::/a/b\n", "/sys/fs/cgroup/a/b/memory.max": "max\n",
      "/sys/fs/cgroup/a/memory.max": "4294967296\n", "/sys/fs/cgroup/memory.max": "8589934592\n",
    ]
    #expect(MemoryLimit.ofGroups { second[$0] } == 1 << 32)
    let first = [
      "/proc/self/cgroup": "5:memory:/m\n4:cpu,cpuacct:/c\n0::/\n",
      "/sys/fs/cgroup/memory/m/memory.limit_in_bytes": "1073741824\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    ]
    #expect(MemoryLimit.ofGroups { first[$0] } == 1 << 30)
    #expect(MemoryLimit.ofGroups { _ in nil } == nil)
    #expect(MemoryLimit.ofGroups { $0 == "/proc/self/cgroup" ? "0::/\n" : "max\n" } == nil)
  }

  @Test("Threads share the pool")
  func threads() async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for mark in 0..<4 {
        group.addTask {
          try (0..<50).allSatisfy { step in
            let storage = try ArrayStorage.allocate(byteCount: 40_000 + step * 10)
            let value = UInt8(mark)
            memsetAll(storage, value)
            return allEqual(storage, value)
          }
        }
      }
      for try await isIntact in group { #expect(isIntact) }
    }
  }
}

private func memsetAll(_ storage: ArrayStorage, _ value: UInt8) {
  storage.base.initializeMemory(as: UInt8.self, repeating: value, count: storage.byteCount)
}

private func allEqual(_ storage: ArrayStorage, _ value: UInt8) -> Bool {
  UnsafeRawBufferPointer(start: storage.base, count: storage.byteCount).allSatisfy { $0 == value }
}
