internal import Arrays
internal import KernelIR
internal import Scalars

/// A group of vectors that are computed side by side.
struct Strip {
  /// The lanes of each vector.
  let lanes: Int
  /// The number of vectors.
  var units: Int
  /// How many rows, of equally many vectors, the strip takes a piece of.
  var rows = 1
  /// For each vector, which lanes take part; empty where all do.
  var masks: [IRValue] = []
  /// Whether all lanes that have masks take part, where that is worth asking before a store.
  var isWhole: IRValue?

  /// Whether results lie aligned to vectors, where aligned ones go past the caches; nil where none do.
  var isAligned: IRValue?

  /// Whether all results go past the caches: to memory, without a place in the caches.
  var isPastCaches = false

  /// The elements from the first vector to each where each has a stream of its own, which it follows
  /// a vector at a time; empty where they lie side by side.
  var streams: [IRValue] = []

  /// One lane of one vector.
  static let scalar = Strip(lanes: 1, units: 1)

  /// The elements of a row's vectors.
  var width: Int { lanes * units / rows }

  /// Whether the vectors of a row accumulate in the same states, one after the other.
  var sharesStates = false

  /// The vectors of states that the strip has for a row.
  var statesOfRow: Int { sharesStates ? 1 : units / rows }

  /// The vectors whose values a vector of states takes.
  func units(ofState state: Int) -> Range<Int> {
    let count = units / rows / statesOfRow
    return state * count..<(state + 1) * count
  }

  /// How far the strip moves on along the lane axis.
  var step: Int { streams.isEmpty ? width : lanes }

  /// The elements from the first lane of a vector's row to that of the vector.
  func offset(ofUnit unit: Int) -> IRValue {
    streams.isEmpty ? .i64(unit % (units / rows) * lanes) : streams[unit]
  }

  /// The row that a vector belongs to.
  func row(ofUnit unit: Int) -> Int { unit / (units / rows) }

  /// Which lanes of a vector take part; nil for all.
  func mask(_ unit: Int) -> IRValue? { masks.isEmpty ? nil : masks[unit] }
}

/// How a walk along the lane axis is cut: one kind of strip after the other, each as often as it fits.
struct Cut {
  /// A loop over strips of one kind.
  struct Pass {
    var strip: Strip
    /// Whether lanes beyond the end are switched off.
    var isMasked = false
    /// Whether results go past the caches where they lie aligned. Where all of a strip do, the others have
    /// a pass of their own.
    var passesCaches = false
    /// Whether the walk is divided among the vectors, so that each has a stream of its own.
    var isStreams = false
    /// Whether there is at most one strip.
    var isSingle = false
    /// The elements that have to be left for another strip.
    let minimum: Int
  }

  /// The lanes of the vectors.
  let lanes: Int
  private(set) var passes: [Pass]
  /// How many of the passes, from the first on, are not just for what is left over.
  let longPassCount: Int

  /// Whether what is left in the end is taken one lane at a time.
  var hasScalarPass: Bool { passes.contains { $0.strip.lanes < lanes } }

  /// Chooses the strips for `stages` with lanes along `axis`.
  ///
  /// Where lanes can be switched off, the last strip of each walk is a masked one; elsewhere single
  /// vectors and then single lanes take what is left. A walk along the only axis whose functions are called, of
  /// a map or of a whole reduction, is made of masked strips altogether, for a third less of code: on Emerald Rapids
  /// 1,000 kernels of functions take 0.86 times as long to compile, and Black-Scholes no longer to run. Such strips
  /// ask for nothing ahead, and their sums are widened one by one: both are hidden by the calls. With `pastCaches`
  /// the first pass writes past the caches where the results are aligned. The strips take a piece of each
  /// of `rows` rows, and the vectors of `mostRows` rows fit the registers. Stages that are staggered run side by
  /// side: the wide values of one take several registers, so that the others' fill theirs.
  init(
    _ stages: [StageProgram], of kernel: Kernel, along axis: Int, for target: VectorTarget,
    pastCaches: Bool = false, rows: Int = 1, atMost mostRows: Int = 1, areStaggered: Bool = false
  ) {
    let accesses = Set(stages.flatMap(\.stage.accesses)).map { kernel.accesses[$0] }
    let moving = accesses.filter { $0.steps[axis] != .broadcast }
    let isStrided = moving.contains { $0.steps[axis] == .strided }
    let narrowest = moving.map { kernel.arguments[$0.argument].dtype.byteCount }.min() ?? 8

    // Columns: each memory row is touched once for a strip, so wide strips make it worth the while.
    let isColumns = axis < kernel.outerCount && kernel.innerCount > 0
    let hasPositions = stages.flatMap(\.stage.accumulators).contains(where: \.reduction.isPosition)
    let isLittle = stages.map(\.work).reduce(0, +) <= 4
    let isStream = narrowest >= 4 && !isColumns && isLittle
    let byteCount = isStream ? target.streamByteCount : target.vectorByteCount
    let lanes = byteCount / StageProgram.laneByteCount(of: stages, suitsNarrow: areStaggered)
    self.lanes = lanes
    let lines = Self.lineCount(stages, isColumns: isColumns)
    let callsFunctions =
      kernel.tiling == nil
      && stages.contains { $0.callsFunctions && ($0.stage.loops || !isColumns) }
      && stages.map(\.inlineLineCount).reduce(0, +) <= Self.mostLinesInFour
    let isStreams =
      kernel.readsInStreams && !isStrided && Self.operandsInStreams.contains(moving.count)
      && stages.allSatisfy(\.stage.stores.isEmpty)
    // Of equal values the first counts, and streams do not meet values in their order.
    let mayShareStates = !isColumns && !(isStreams && hasPositions)
    var sharesStates = mayShareStates && lines >= Self.linesThatHideSums
    var units =
      if callsFunctions, mayShareStates {
        VectorFunction.counts[0]
      } else if isStrided {
        1
      } else if sharesStates {
        Self.unitsSharingStates(lines, target)
      } else {
        Self.units(
          stages, callsFunctions ? min(lines, 64) : lines, lanes,
          leastInColumns: isColumns ? Self.columnByteCount / narrowest : nil,
          rows: mostRows, byteCount, target)
      }
    if isStreams {
      let streams = Self.streams / moving.count
      if units == 1, mayShareStates { (units, sharesStates) = (streams, true) }
      units = min(units, streams)
    }

    var main = Pass(
      strip: Strip(lanes: lanes, units: units * rows, rows: rows, sharesStates: sharesStates),
      passesCaches: pastCaches && !isStrided, isStreams: isStreams && units > 1,
      minimum: lanes * units)
    let one = Strip(lanes: lanes, units: rows, rows: rows)
    let isMasked =
      !isStrided && narrowest >= target.narrowestMasked && (target.hasMaskRegisters || !isColumns)
    let rest =
      isMasked
      ? Pass(strip: one, isMasked: true, isSingle: units == 1, minimum: 1)
      : Pass(strip: .scalar, minimum: 1)
    let half = Strip(lanes: lanes, units: units / 2 * rows, rows: rows)
    let few = Strip(lanes: lanes, units: min(units, 4))
    let between: [Pass] =
      if units == 1 { [] } else if !isMasked {
        [Pass(strip: one, minimum: lanes)]
      } else if isColumns {
        (units > 4 ? [Pass(strip: few, minimum: few.width)] : [])
          + [Pass(strip: few, isMasked: true, minimum: lanes + 1)]
      } else if units > 4 {
        // Short rows would have masked vectors only.
        [Pass(strip: half, isSingle: true, minimum: half.width)]
      } else { [] }
    var long = [main]
    if main.passesCaches, lines < Self.linesThatHideBranches {
      long[0].strip.isPastCaches = true
      main.passesCaches = false
      long.append(main)
    }
    let isMaskedThroughout =
      callsFunctions && mayShareStates && isMasked && target.hasMaskRegisters
      && kernel.axes.count == 1 && !isStreams && !areStaggered
    if isMaskedThroughout {
      let masked = Pass(strip: main.strip, isMasked: true, minimum: 1)
      passes = kernel.storesPastCaches ? long + [masked] : [masked]
      longPassCount = passes.count
    } else {
      passes = long + between + [rest]
      longPassCount = long.count
    }
  }

  /// The same strips, of which vectors share their states or do not.
  func sharingStates(_ sharesStates: Bool) -> Cut {
    var cut = self
    for pass in cut.passes.indices {
      cut.passes[pass].strip.sharesStates = sharesStates && cut.passes[pass].strip.units > 1
    }
    return cut
  }

  /// The streams of all operands that a reduction reads side by side, a vector each. Where the registers
  /// hold the states of one vector only, all share those. On two threads of Zen 3 π from 16 MB takes 0.97
  /// times as long in two streams for each operand as in four; on one it makes no difference.
  private static let streams = 4
  static let operandsInStreams = 1...2

  /// Several vectors hide the latency of a program, fewer of a long one; more would only make more
  /// code. The accumulators of all of them stay in registers. On Zen 5 the sum of exponentials takes
  /// 0.87 times as long with four vectors as with two. Of half vectors, which take half as long, twice
  /// as many do: on Zen 4 the sum of float32 in the second cache takes 2.5 cycles for 16 elements with eight of
  /// them and 4.0 with four.
  ///
  /// A strip of columns takes a piece of each row, of `leastInColumns` elements if the registers hold
  /// their states.
  private static func units(
    _ stages: [StageProgram], _ lines: Int, _ lanes: Int, leastInColumns: Int?, rows: Int,
    _ byteCount: Int, _ target: VectorTarget
  ) -> Int {
    if stages.allSatisfy(\.stage.accumulators.isEmpty) { return unitsOfMap(lines) }
    var wanted = (lines <= 64 ? 4 : 2) * (target.vectorByteCount / byteCount)
    if let leastInColumns, lines <= 8 { wanted = max(wanted, leastInColumns / lanes) }
    let isColumns = leastInColumns != nil
    let bytes =
      rows * lanes * stages.map { $0.stateByteCount(isColumns: isColumns) }.reduce(0, +)
    // What columns need besides is in memory and stays in the cache.
    let registers = target.registerCount * (leastInColumns == nil ? 2 : 3) / 4
    let limit = registers * target.vectorByteCount / max(1, bytes)
    return [16, 8, 4, 2].first { $0 <= min(wanted, limit) } ?? 1
  }

  /// The bytes of a row that a strip of columns takes at least: two lines. On Zen 4 the sums of 4,000 columns as
  /// long take 1.28 times as long as reading them in pieces of 128 bytes, 1.37 of 256 and 1.5 of 512.
  private static let columnByteCount = 128

  /// From so many lines on, results go past the caches or not by a branch in the loop, not by one loop for
  /// either case. Long programs would be compiled twice: exp(-x * x) * sin(y) + tanh(x * y) to 1,892
  /// instructions and not 1,095, for the same speed. Short ones feel the branch: softmax on Zen 3 takes
  /// 1.08 times as long with it, and the sum of a matrix, a row and a column in strips of two or four
  /// vectors for the purpose 1.15 and 1.07 times.
  private static let linesThatHideBranches = 20

  /// The lines that a vector takes. What runs once for a strip of columns hides behind nothing and
  /// holds nothing up.
  private static func lineCount(_ stages: [StageProgram], isColumns: Bool) -> Int {
    stages.filter { !isColumns || $0.stage.loops }.map(\.lineCount).reduce(0, +)
  }

  /// From so many lines on, the vectors of a row may accumulate in the same states: an addition takes
  /// three or four cycles, and as many vectors take more. More of the program then fits the registers:
  /// on Zen 3 the sum of exp(-x * x) * sin(y) + tanh(x * y) takes 0.9 times as long, softmax 0.96 times.
  /// With 14 a softmax whose exponential needs no limit from above is among them.
  static let linesThatHideSums = 14

  /// The vectors that accumulate in the same states. Exponentials are added before they are widened, and
  /// four take less work then than two, if the registers hold them: on Zen 4 softmax and logsumexp of
  /// 1,024 columns take 0.85 times as long.
  private static func unitsSharingStates(_ lines: Int, _ target: VectorTarget) -> Int {
    max(unitsOfMap(lines), target.registerCount >= 32 && lines <= 64 ? 4 : 1)
  }

  /// The vectors that a map takes at a time, or what accumulates so much that it is as good as one.
  ///
  /// Processors look some hundred instructions ahead, so a short program hides its latency with one;
  /// and all that a kernel has more of takes longer to compile. On Zen 3, exp(-x * x) * sin(y) +
  /// tanh(x * y), of 110 lines, takes 27 ms with four vectors, 31 with two and 37 with one;
  /// Black-Scholes, of more than 200, takes 18.6, 19 and 27, and four take 1.6 times as long to compile
  /// as two.
  private static func unitsOfMap(_ lines: Int) -> Int {
    lines <= 8 ? 1 : lines < 20 || lines > mostLinesInFour ? 2 : 4
  }

  private static let mostLinesInFour = 160
}
