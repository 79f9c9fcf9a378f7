import Arrays
import KernelIR
import Scalars

// On Zen 4, for 262,144 float32 values on one thread, in µs along the rows and then a row to a lane:
//
//   columns               3            10           20           48           64
//   softmax          1,093  332     302  159     238  145     127  121      80  119
//   layer norm       1,164  469     403  167     246  127     138   88     103   84
//   argmax           1,064  189     321   78     187   66      97   51     100   50
//   x / sum(x)         278  245     124  104      60   98      40   80      34   78
//
// Of 16,777,216 values, which come from memory, softmax takes 15.7 ms and 9.6 at 20 columns, 9.7 and 10.5 at
// 32, 8.8 and 11.5 at 48, where rows go past the caches as long as they begin with a line; layer norm 18.4 and
// 8.8, 9.6 and 7.1, 8.9 and 6.1.
//
// With code for AVX2 softmax takes 1,155 and 280 µs at 7 columns, 644 and 193 at 20, 192 and 170 at 48.

extension Kernel {
  /// The most elements of rows whose loops do little.
  private static let mostColumnsOfLittle = 12
  /// The most elements of rows of which so many bytes are read and written that they do not stay in a cache.
  private static let mostColumnsInMemory = 32, byteCountInMemory = 0x1p25
  /// About how many instructions for an element are much.
  private static let much = 8

  /// Whether a launch has short rows, and along their last axis no fewer than `leastCount`, which are better
  /// computed a row to a lane. The bits of sums depend on it, hence it depends on the kernel and the extents
  /// alone.
  func hasShortRows(_ layout: Layout, leastCount: Int) -> Bool {
    guard mayTransposeRows(of: layout), layout.extents[outerCount - 1] >= leastCount,
      // AVX2 reads no parts of vectors of narrower elements, and many lanes would be many rows.
      accesses.allSatisfy({
        $0.steps[outerCount] == .broadcast || arguments[$0.argument].dtype.byteCount >= 4
      })
    else { return false }
    let count = layout.extents[outerCount]
    if writesRows, count > Self.mostColumnsInMemory,
      KernelCost.bytes(self, layout) > Self.byteCountInMemory
    {
      return false
    }
    return count <= Self.mostColumnsOfLittle || loopWork >= Self.much
  }

  /// About how many instructions an element takes in all loops.
  private var loopWork: Int {
    stages.filter(\.loops).map { stage in
      let accumulators = stage.accumulators.map { $0.reduction.isPosition ? Self.much : 1 }
      return stage.composite.instructionCount + accumulators.reduce(0, +)
    }.reduce(0, +)
  }
}
