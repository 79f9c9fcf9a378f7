/// Gives intermediates places in one block of memory, and takes them back when they die.
struct WorkspacePlanner {
  /// The size of the block.
  private(set) var byteCount = 0
  /// The parts that are free, ascending, none touching the next.
  private var free: [Range<Int>] = []

  /// Cache lines and the widest vectors are this long.
  private static let alignment = 64

  /// Returns the offset of a free part of at least `size` bytes: the first that fits.
  mutating func take(_ size: Int) -> Int {
    let size = max((size + Self.alignment - 1) / Self.alignment * Self.alignment, Self.alignment)
    if let index = free.firstIndex(where: { $0.count >= size }) {
      let part = free[index]
      if part.count == size {
        free.remove(at: index)
      } else {
        free[index] = part.lowerBound + size..<part.upperBound
      }
      return part.lowerBound
    }
    let start = free.last.flatMap { $0.upperBound == byteCount ? $0.lowerBound : nil } ?? byteCount
    if start != byteCount { free.removeLast() }
    byteCount = start + size
    return start
  }

  /// Takes back a part of `size` bytes at `offset`.
  mutating func giveBack(_ offset: Int, _ size: Int) {
    let size = max((size + Self.alignment - 1) / Self.alignment * Self.alignment, Self.alignment)
    var part = offset..<offset + size
    let index = free.firstIndex { $0.lowerBound > offset } ?? free.count
    if index < free.count, free[index].lowerBound == part.upperBound {
      part = part.lowerBound..<free.remove(at: index).upperBound
    }
    if index > 0, free[index - 1].upperBound == part.lowerBound {
      free[index - 1] = free[index - 1].lowerBound..<part.upperBound
    } else {
      free.insert(part, at: index)
    }
  }
}
