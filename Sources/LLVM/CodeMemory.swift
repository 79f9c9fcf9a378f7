internal import CLLVM
internal import Glibc
internal import Synchronization

/// The memory of this process that holds machine code: slabs, of which each piece of code takes
/// some pages.
///
/// Linux grants a process 65,530 mappings. A slab is one, however many pieces it holds, since its
/// pages may all be read and executed, the free ones too. Only pages that are being filled may be
/// written, and those cannot be executed meanwhile.
final class CodeMemory: Sendable {
  /// The memory that all code of the process shares.
  static let shared = CodeMemory()

  private let slabs = Mutex<[Slab]>([])

  /// The pages of one piece of code.
  struct Region: Sendable {
    fileprivate let start: UInt
    fileprivate let byteCount: Int

    /// The address of the byte at `offset`.
    func address(at offset: Int) -> UnsafeRawPointer? {
      UnsafeRawPointer(bitPattern: start + UInt(offset))
    }
  }

  /// How many slabs there are.
  var slabCount: Int { slabs.withLock { $0.count } }

  /// Copies `bytes` to free pages and makes them executable; nil when the system gives no memory.
  func place(_ bytes: [UInt8]) -> Region? {
    let byteCount = max(1, (bytes.count + Self.pageSize - 1) / Self.pageSize) * Self.pageSize
    guard let start = take(byteCount), let pages = UnsafeMutableRawPointer(bitPattern: start) else {
      return nil
    }
    let region = Region(start: start, byteCount: byteCount)
    guard mprotect(pages, byteCount, PROT_READ | PROT_WRITE) == 0 else {
      free(region)
      return nil
    }
    bytes.withUnsafeBytes {
      pages.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(pages), byteCount: $0.count)
    }
    guard mprotect(pages, byteCount, PROT_READ | PROT_EXEC) == 0 else {
      free(region)
      return nil
    }
    LLVMClearInstructionCache(pages, bytes.count)
    return region
  }

  /// Gives the pages of `region` back.
  func free(_ region: Region) {
    // The system takes the bytes at once; what is read from a free page are zeros.
    let pages = UnsafeMutableRawPointer(bitPattern: region.start)
    madvise(pages, region.byteCount, MADV_DONTNEED)
    slabs.withLock { slabs in
      guard let number = slabs.firstIndex(where: { $0.range.contains(region.start) }) else {
        return
      }
      slabs[number].free(region.start..<region.start + UInt(region.byteCount))
      // One empty slab stays, so that a lone kernel which comes and goes maps nothing.
      if slabs[number].isEmpty, slabs.count > 1 {
        let range = slabs.remove(at: number).range
        munmap(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count)
      }
    }
  }

  private func take(_ byteCount: Int) -> UInt? {
    slabs.withLock { slabs in
      for number in slabs.indices {
        if let start = slabs[number].take(byteCount) { return start }
      }
      guard var slab = Slab(byteCount: max(byteCount, Self.slabSize)) else { return nil }
      let start = slab.take(byteCount)
      slabs.append(slab)
      return start
    }
  }

  private static let slabSize = 1 << 20
  private static let pageSize = max(4096, sysconf(Int32(_SC_PAGESIZE)))
}

/// One mapping, with the parts of it that are free.
private struct Slab {
  let range: Range<UInt>
  /// In ascending order; no two touch.
  private var gaps: [Range<UInt>]

  /// Maps as many bytes; nil when the system refuses.
  init?(byteCount: Int) {
    guard
      let start = mmap(
        nil, byteCount, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      start != MAP_FAILED
    else { return nil }
    range = UInt(bitPattern: start)..<UInt(bitPattern: start) + UInt(byteCount)
    gaps = [range]
  }

  var isEmpty: Bool { gaps == [range] }

  /// Takes the beginning of the first gap that is long enough.
  mutating func take(_ byteCount: Int) -> UInt? {
    guard let number = gaps.firstIndex(where: { $0.count >= byteCount }) else { return nil }
    let start = gaps[number].lowerBound
    gaps[number] = start + UInt(byteCount)..<gaps[number].upperBound
    if gaps[number].isEmpty { gaps.remove(at: number) }
    return start
  }

  mutating func free(_ part: Range<UInt>) {
    let number = gaps.firstIndex { $0.lowerBound > part.lowerBound } ?? gaps.endIndex
    gaps.insert(part, at: number)
    if number + 1 < gaps.count, gaps[number + 1].lowerBound == part.upperBound {
      gaps[number] = part.lowerBound..<gaps.remove(at: number + 1).upperBound
    }
    if number > 0, gaps[number - 1].upperBound == part.lowerBound {
      gaps[number - 1] = gaps[number - 1].lowerBound..<gaps.remove(at: number).upperBound
    }
  }
}
