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
// With code for AVX2 softmax takes 1,155 and 280 µs at 7 columns, 644 and 193 at 20, 192 and 170 at 48.

extension Kernel {
  /// The most elements of rows that are computed a row to a lane: where loops do much, and in any case.
  static let mostShortColumns = 48
  private static let mostColumnsOfLittle = 12
  /// About how many instructions for an element are much.
  private static let much = 8

  /// Whether a launch has short rows, and no fewer than `leastCount`, which are better computed a row to a
  /// lane. The bits of sums depend on it, hence it depends on the kernel and the extents alone.
  func hasShortRows(_ layout: Layout, leastCount: Int) -> Bool {
    guard mayTransposeRows, case .inner = laneAxis, layout.extents[outerCount - 1] >= leastCount,
      layout.extents[outerCount] <= Self.mostShortColumns,
      // Narrow elements are not moved in vectors.
      accesses.allSatisfy({
        $0.steps[outerCount] == .broadcast || arguments[$0.argument].dtype.byteCount >= 4
      })
    else { return false }
    return layout.extents[outerCount] <= Self.mostColumnsOfLittle || loopWork >= Self.much
  }

  /// About how many instructions an element takes in all loops.
  private var loopWork: Int {
    stages.filter(\.loops).map { stage in
      let accumulators = stage.accumulators.map { $0.reduction.isPosition ? Self.much : 1 }
      return stage.composite.lowered().lines.count + accumulators.reduce(0, +)
    }.reduce(0, +)
  }
}
