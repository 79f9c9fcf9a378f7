import Arrays
import Testing

@Suite("Memory", .serialized)
struct MemoryTests {
  @Test(
    "Storage of every size is aligned to 64 bytes, and zeroed on request even when it is reused")
  func storage() throws {
    for _ in 0..<2 {
      for byteCount in [1, 63, 4096, 1 << 15, 100_000, (1 << 20) - 1, 1 << 20, 3_000_000] {
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

  @Test("Large blocks begin at a huge page and are reused, newest first")
  func reuse() throws {
    for byteCount in [100_000, 5_000_000] {
      var first: ArrayStorage? = try ArrayStorage.allocate(byteCount: byteCount)
      var second: ArrayStorage? = try ArrayStorage.allocate(byteCount: byteCount)
      let places = [first?.base, second?.base]
      first = nil
      second = nil
      let third = try ArrayStorage.allocate(byteCount: byteCount - 100)
      let fourth = try ArrayStorage.allocate(byteCount: byteCount)
      #expect([fourth.base, third.base] == places)
    }
    let large = try ArrayStorage.allocate(byteCount: 5_000_000)
    #expect(Int(bitPattern: large.base) % (1 << 21) == 0)
  }

  @Test("The pool keeps no more than its limit")
  func limit() throws {
    BlockPool.medium.drain()
    #expect(BlockPool.medium.freeByteCount == 0)
    var blocks = try (0..<200).map { _ in try ArrayStorage.allocate(byteCount: 1 << 19) }
    blocks.removeAll()
    #expect(BlockPool.medium.freeByteCount == 1 << 26)
    BlockPool.medium.drain()
    #expect(BlockPool.medium.freeByteCount == 0)
  }

  @Test("More than the machine has is refused, whether at once or by and by")
  func refusal() throws {
    let size = ByteCount.text(UInt128(MemoryLimit.byteCount + 1))
    expectError("array: \(size) cannot be allocated") {
      _ = try ArrayStorage.allocate(byteCount: MemoryLimit.byteCount + 1)
    }
    var blocks: [ArrayStorage] = []
    #expect(throws: ArrayError.self) {
      // Never touched, so that no memory is really taken.
      for _ in 0..<5 {
        blocks.append(try ArrayStorage.allocate(byteCount: MemoryLimit.byteCount / 3))
      }
    }
    #expect(blocks.count < 4)
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
