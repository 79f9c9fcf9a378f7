/// A prefix code given by the lengths of its words (RFC 1951, 3.2.2).
struct HuffmanCode {
  /// The most bits that a word may have.
  static let longest = 15

  /// For each value of the next `width` bits, the symbol and the length of its word; 0 for none.
  private var table: [(symbol: UInt16, length: UInt8)] = [(0, 0)]
  private var width = 0

  /// Makes the code without words.
  init() {}

  /// Makes the code; `nil` if the lengths are those of no prefix code. Words may be left over.
  init?(_ lengths: [Int]) {
    width = lengths.max() ?? 0
    table = Array(repeating: (0, 0), count: 1 << width)
    var word = 0
    for length in stride(from: 1, through: width, by: 1) {
      for (symbol, _) in lengths.enumerated().filter({ $0.element == length }) {
        guard word < 1 << length else { return nil }
        // Words stand in the stream with their first bit lowest.
        let first = Int(UInt64(word).bitReversed >> UInt64(64 - length))
        for place in Swift.stride(from: first, to: 1 << width, by: 1 << length) {
          table[place] = (UInt16(symbol), UInt8(length))
        }
        word += 1
      }
      word <<= 1
    }
  }

  /// Returns the symbol whose word `bits` begin with, and the word's length.
  func lookUp(_ bits: UInt64) -> (symbol: Int, length: Int) {
    let entry = table[Int(bits & (1 << UInt64(width) - 1))]
    return (Int(entry.symbol), Int(entry.length))
  }
}

extension UInt64 {
  fileprivate var bitReversed: UInt64 {
    var (result, rest) = (UInt64(0), self)
    for _ in 0..<64 {
      result = result << 1 | rest & 1
      rest >>= 1
    }
    return result
  }
}
