import Arrays
import KernelIR
import Scalars

/// What a launch is expected to take on one thread, and how its work is cut.
///
/// Only whether and how a loop is shared depends on this. The chunks of full reductions, which bits
/// depend on, follow from the number of points alone.
struct KernelCost {
  /// Nanoseconds for the whole launch.
  let nanoseconds: Double
  /// How many units of the parallel range make a chunk.
  let grain: Int
  /// Which chunks may run as one.
  let joining: ChunkJoining

  /// Nanoseconds that a chunk of any other kernel should take. Threads take many at once; the finer they are,
  /// the better threads can be told to take equally long.
  private static let chunkTime = 250.0
  /// Instructions for 8 lanes that a core retires in a nanosecond; measured on Zen 4 for chains of
  /// fused multiply-adds that loops of four vectors keep busy.
  private static let vectorsPerNanosecond = 4.0

  init(_ kernel: Kernel, _ layout: Layout) {
    let outer = Double(layout.count(0..<kernel.outerCount))
    let inner = Double(layout.count(kernel.outerCount..<kernel.axes.count))
    var instructions = 0.0
    for stage in kernel.stages {
      let lines = Double(stage.composite.instructionTime + stage.accumulators.count + 1)
      instructions += lines * outer * (stage.loops ? inner : 1)
    }
    let bytes = Self.bytes(kernel, layout)
    // Long pieces of rows suit the memory: where there are several runs of columns, a thread can have whole ones.
    let hasRuns =
      kernel.isColumns && kernel.outerCount > 1 && kernel.stages.filter(\.loops).count == 1
    let run = hasRuns ? layout.extents[kernel.outerCount - 1] : 0
    joining =
      kernel.isFullReduction
      ? .none : kernel.isColumns ? .longBatches(each: run > 0 ? 4 : 1) : .batches
    nanoseconds = max(
      instructions / (8 * Self.vectorsPerNanosecond), bytes / Self.bytesPerNanosecond(bytes))
    if kernel.isFullReduction {
      grain = kernel.chunkLength(ofReduced: kernel.rangeCount(for: layout))
    } else {
      let count = Double(kernel.rangeCount(for: layout))
      let units = count * Self.chunkTime / max(nanoseconds, 1)
      // Columns are taken in wide strips, short rows in groups, and the elements of a map in whole cache lines.
      let least = kernel.isColumns ? 128.0 : kernel.transposesRows ? 64 : 1,
        step = kernel.innerCount == 0 && kernel.tiling == nil ? 64 : least
      let whole = units >= step ? (units / step).rounded(.down) * step : max(units, least)
      grain = max(Int(min(whole, Double(Int32.max))), Self.piece(ofRun: run), 1)
    }
  }

  /// The columns that a piece of a run of them has at least and at most.
  private static let leastPiece = 1000, mostPiece = 8192

  /// Returns how many columns of a run of so many make a piece of it, which is cut in halves as often as it goes;
  /// where that leaves long pieces, they do not divide it.
  private static func piece(ofRun columns: Int) -> Int {
    var piece = columns
    while piece >= 2 * leastPiece, piece.isMultiple(of: 2) { piece /= 2 }
    return min(piece, mostPiece)
  }

  /// The bytes that the accesses touch, each element counted once.
  static func bytes(_ kernel: Kernel, _ layout: Layout) -> Double {
    kernel.accesses.indices.reduce(0) { $0 + bytes(ofAccess: $1, kernel, layout) }
  }

  /// The bytes that one access touches, each element counted once.
  static func bytes(ofAccess access: Int, _ kernel: Kernel, _ layout: Layout) -> Double {
    let points = zip(layout.strides[access], layout.extents).reduce(1.0) {
      $1.0 == 0 ? $0 : $0 * Double($1.1)
    }
    return points * Double(kernel.argument(ofAccess: access).dtype.byteCount)
  }

  /// What one core reads from the cache that holds so many bytes. Measured on Zen 4: 120 from L2, 80
  /// from L3, 20 from memory; on Emerald Rapids, whose last cache is distant, 30 from there and
  /// no more than 25 where results are written too.
  private static func bytesPerNanosecond(_ bytes: Double) -> Double {
    if bytes < 1_000_000 { return 120 }
    return bytes >= 16_000_000 ? 20 : MemoryPolicy.standard.isLastCacheDistant ? 25 : 80
  }
}
