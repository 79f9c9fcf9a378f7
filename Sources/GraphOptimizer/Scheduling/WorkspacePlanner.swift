/// Gives intermediates places in one block of memory, and takes them back when they die.
struct WorkspacePlanner {
  /// The size of the block.
  private(set) var byteCount = 0
  /// The parts that are free, ascending, none touching the next.
  private var free: [Part] = []

  /// Bytes that are free, and the steps that used them.
  private struct Part {
    var bytes: Range<Int>
    var users: Set<Int>

    /// Adds the part that follows.
    mutating func join(_ next: Part) {
      bytes = bytes.lowerBound..<next.bytes.upperBound
      users.formUnion(next.users)
    }
  }

  /// Cache lines and the widest vectors are this long.
  private static let alignment = 64
  /// Up to this size of the block, steps that could run side by side get bytes of their own.
  private static let apartByteCount = 1 << 20

  /// Returns the offset of a free part of at least `size` bytes: the first that fits.
  ///
  /// - Parameter mayFollow: Whether a step that used the part comes before the one that will, in any order
  ///   in which the steps may run.
  mutating func take(_ size: Int, mayFollow: (Int) -> Bool = { _ in true }) -> Int {
    let size = Self.aligned(size)
    func isFree(_ part: Part) -> Bool {
      byteCount + size > Self.apartByteCount || part.users.allSatisfy(mayFollow)
    }
    if let index = free.firstIndex(where: { $0.bytes.count >= size && isFree($0) }) {
      let part = free[index].bytes
      if part.count == size {
        free.remove(at: index)
      } else {
        free[index].bytes = part.lowerBound + size..<part.upperBound
      }
      return part.lowerBound
    }
    var start = byteCount
    if let last = free.last, last.bytes.upperBound == byteCount, isFree(last) {
      start = last.bytes.lowerBound
      free.removeLast()
    }
    byteCount = start + size
    return start
  }

  /// Takes back a part of `size` bytes at `offset`.
  mutating func giveBack(_ offset: Int, _ size: Int, users: Set<Int> = []) {
    var part = Part(bytes: offset..<offset + Self.aligned(size), users: users)
    let index = free.firstIndex { $0.bytes.lowerBound > offset } ?? free.count
    if index < free.count, free[index].bytes.lowerBound == part.bytes.upperBound {
      part.join(free.remove(at: index))
    }
    if index > 0, free[index - 1].bytes.upperBound == part.bytes.lowerBound {
      free[index - 1].join(part)
    } else {
      free.insert(part, at: index)
    }
  }

  private static func aligned(_ size: Int) -> Int {
    max((size + alignment - 1) / alignment * alignment, alignment)
  }
}
