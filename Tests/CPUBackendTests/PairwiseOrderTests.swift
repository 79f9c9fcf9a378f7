import Testing

@testable import CPUBackend

@Suite("The order in which chunks are combined")
struct PairwiseOrderTests {
  @Test(
    "Neighbours first, then what is left",
    arguments: [
      (0, []), (1, []), (2, ["0+1"]), (3, ["0+1", "0+2"]),
      (5, ["0+1", "2+3", "0+2", "0+4"]),
      (8, ["0+1", "2+3", "4+5", "6+7", "0+2", "4+6", "0+4"]),
    ] as [(Int, [String])])
  func pairs(count: Int, expected: [String]) {
    var pairs: [String] = []
    PairwiseOrder.combine(count) { pairs.append("\($0)+\($1)") }
    #expect(pairs == expected)
  }

  @Test("Each chunk is taken once", arguments: 1...70)
  func everyChunk(count: Int) {
    var sums = [Int](repeating: 1, count: count)
    PairwiseOrder.combine(count) { left, right in
      sums[left] += sums[right]
      sums[right] = 0
    }
    #expect(sums[0] == count)
  }
}
