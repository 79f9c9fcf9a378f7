import KernelIR
import Testing

@Suite("The chunks of full reductions")
struct ChunkTests {
  @Test(
    "A few points are one chunk, some are two alike, and very many are longer chunks",
    arguments: [
      (1, 1), (8_191, 1), (8_192, 2), (10_000, 2), (16_384, 2), (16_385, 2), (30_000, 2),
      (32_767, 2), (32_768, 2), (32_769, 3), (1_000_000, 62),
      (4_194_303, 256), (4_194_304, 64), (20_000_000, 306),
    ])
  func counts(points: Int, expected: Int) {
    let length = Kernel.chunkLength(ofReduced: points)
    let count = (points + length - 1) / length
    #expect(length <= Kernel.longestChunk)
    #expect(count == expected)
    if count == 2 { #expect(2 * length - points <= 2048) }
  }
}
