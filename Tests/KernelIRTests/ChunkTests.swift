import Arrays
import KernelIR
import Scalars
import Testing

@Suite("The chunks of full reductions")
struct ChunkTests {
  @Test(
    "A few points are one chunk, some are two alike",
    arguments: [
      (1, 1), (8_191, 1), (8_192, 2), (10_000, 2), (16_384, 2), (16_385, 2), (30_000, 2),
      (32_767, 2), (32_768, 2), (32_769, 3), (1_000_000, 62), (20_000_000, 1221),
    ])
  func counts(points: Int, expected: Int) {
    let length = Kernel.pi.chunkLength(ofReduced: points)
    let count = (points + length - 1) / length
    #expect(length <= Kernel.chunkLength)
    #expect(count == expected)
    if count == 2 { #expect(2 * length - points <= 2048) }
  }

  @Test("Streams of very many points have longer chunks, unless sums have few digits")
  func streams() {
    var kernel = Kernel.pi
    kernel.readsInStreams = true
    #expect(kernel.chunkLength(ofReduced: 1_000_000) == 16_384)
    #expect(kernel.chunkLength(ofReduced: 8_388_607) == 16_384)
    #expect(kernel.chunkLength(ofReduced: 8_388_608) == 65_536)
    for (reduction, dtype, length) in [
      (Reduction.sum, DType.float32, 16_384), (.prod, .float32, 16_384), (.max, .float32, 65_536),
      (.sum, .float64, 65_536),
    ] {
      kernel.stages[0].accumulators = [Accumulator(reduction, dtype, result: 0)]
      #expect(kernel.chunkLength(ofReduced: 20_000_000) == length, "\(reduction) in \(dtype)")
    }
  }
}
