import Glibc
import Testing

@testable import LLVM

@Suite("The memory of machine code")
struct CodeMemoryTests {
  @Test("Pieces of code share mappings, of which a process has only so many")
  func mappings() async {
    await #expect(processExitsWith: .success) {
      let memory = CodeMemory()
      let before = mappingCount()
      let regions = (0..<3000).compactMap { memory.place([UInt8](repeating: 0xc3, count: 1 + $0)) }
      #expect(regions.count == 3000)
      #expect(mappingCount() < before + 60)
      // Holes in slabs are filled before another slab is taken.
      let slabs = memory.slabCount
      for number in stride(from: 0, to: 3000, by: 2) { memory.free(regions[number]) }
      let again = (0..<1000).compactMap { _ in memory.place([0xc3]) }
      #expect(again.count == 1000)
      #expect(memory.slabCount == slabs)
      for number in stride(from: 1, to: 3000, by: 2) { memory.free(regions[number]) }
      for region in again { memory.free(region) }
      #expect(memory.slabCount == 1)
      #expect(mappingCount() < before + 20)
    }
  }

  @Test("What is placed can be read, whatever was there before and however long it is")
  func contents() throws {
    let memory = CodeMemory()
    for count in [0, 1, 4095, 4096, 4097, 100, 3 << 20, 5] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let region = try #require(memory.place(bytes))
      let start = try #require(region.address(at: 0))
      #expect([UInt8](UnsafeRawBufferPointer(start: start, count: count)) == bytes)
      memory.free(region)
    }
    #expect(memory.slabCount == 1)
  }
}

/// How many mappings this process has.
private func mappingCount() -> Int {
  guard let file = fopen("/proc/self/maps", "r") else { return 0 }
  defer { fclose(file) }
  var count = 0
  while case let byte = fgetc(file), byte != EOF { count += byte == 10 ? 1 : 0 }
  return count
}
