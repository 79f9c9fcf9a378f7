import Arrays
import CPUBackend
import Glibc

/// Memory that a loop of some mix moves bytes through: its arrays side by side, in huge pages where the
/// system gives them, as large arrays of this package lie.
final class WorkingSet {
  /// The bytes of all arrays, as far as they are used.
  let byteCount: Int
  /// The blocks of each array.
  let blocks: Int
  private let arrays: [UnsafeMutableRawPointer]
  private let mix: Mix
  private let capacity: Int

  /// Readies about so many bytes; nil when there is no memory.
  init?(_ mix: Mix, byteCount: Int) {
    self.mix = mix
    blocks = max(1, byteCount / (mix.arrayCount * TrafficLoop.blockByteCount))
    let each = blocks * TrafficLoop.blockByteCount
    self.byteCount = each * mix.arrayCount
    // The arrays begin at different distances from pages, or stores would hold up loads that only look
    // as if they went to the same place.
    let stride = (each + 4095) / 4096 * 4096 + 17 * 64
    capacity = BlockSource.mapping.capacity(for: stride * mix.arrayCount)
    guard let base = BlockSource.mapping.make(capacity) else { return nil }
    // Pages that nobody has written to are all the same one.
    memset(base, 1, capacity)
    arrays = (0..<mix.arrayCount).map { base + $0 * stride }
  }

  deinit { BlockSource.mapping.free(arrays[0], capacity) }

  /// Runs a loop over all of it once.
  ///
  /// - Parameter threads: Among how many threads it is shared in equal parts.
  func run(_ body: LoopBody, threads: Int, _ context: LoopContext, nanoseconds: Double) {
    if threads == 1 {
      body(context.pointer, 0, blocks, 0)
    } else {
      ParallelLoop.run(
        count: blocks, grain: (blocks + threads - 1) / threads, threads: threads,
        nanoseconds: nanoseconds, context: context.pointer, body: body)
    }
  }

  /// What a loop of so many threads is handed.
  func context(threads: Int) -> LoopContext {
    LoopContext(
      chunks: threads, reading: Array(arrays.prefix(mix.readCount)),
      writing: mix.writes ? arrays.last : nil)
  }
}
