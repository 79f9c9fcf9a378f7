import Glibc

/// Where the blocks of a pool come from, and in which sizes.
package enum BlockSource: Sendable {
  /// `malloc`, for blocks from 32 KiB on.
  case heap
  /// The system, in multiples of a huge page, for blocks of at least one.
  case mapping

  private static let hugePage = 1 << 21

  /// Returns where a block comes from; `nil` for small ones, for which no pool is kept.
  static func forBlock(of byteCount: Int) -> BlockSource? {
    byteCount >= hugePage ? .mapping : byteCount >= 1 << 15 ? .heap : nil
  }

  /// Rounds up to three significant bits, so that blocks of nearly one size can stand in for each
  /// other; by a quarter at most where a huge page is not the least.
  package func capacity(for byteCount: Int) -> Int {
    let topBit = Int.bitWidth - 1 - byteCount.leadingZeroBitCount
    let unit = max(self == .mapping ? Self.hugePage : 0, 1 << (topBit - 2))
    return (byteCount + unit - 1) / unit * unit
  }

  /// Returns a new block, or `nil` if there is no memory. Mapped blocks are zeroed.
  package func make(_ capacity: Int) -> UnsafeMutableRawPointer? {
    switch self {
    case .heap: aligned_alloc(ArrayStorage.alignment, capacity)
    case .mapping: Self.map(capacity)
    }
  }

  /// Gives a block back to the system.
  package func free(_ base: UnsafeMutableRawPointer, _ capacity: Int) {
    switch self {
    case .heap: Glibc.free(base)
    case .mapping: munmap(base, capacity)
    }
  }

  /// Maps `capacity` bytes that begin at a huge page's boundary.
  private static func map(_ capacity: Int) -> UnsafeMutableRawPointer? {
    let length = capacity + hugePage
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let start = mmap(nil, length, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED
    else { return nil }
    let skipped = -Int(bitPattern: start) & (hugePage - 1)
    if skipped > 0 { munmap(start, skipped) }
    munmap(start + skipped + capacity, hugePage - skipped)
    madvise(start + skipped, capacity, MADV_HUGEPAGE)
    return start + skipped
  }
}
