internal import LLVM

/// What suits a processor best, where processors with the same vectors differ.
struct ProcessorHabits: Hashable, Sendable {
  /// The bytes of the vectors of programs that do little else than read memory, or convert what they
  /// read; nil for the widest.
  var streamByteCount: Int?
  /// How many streams, rows or parts of an array, reductions read side by side where there is little else
  /// to do.
  var streamCount = 1
  /// The most operands that are asked for in advance, each a stream from beyond a core's own caches.
  var mostStreamsAhead = 1
  /// Whether row programs that write rows ask for what they will read, unless their rows are staggered.
  var readsRowsAhead = true
  /// Whether single loops that reduce ask for what they will read.
  var reductionsReadAhead = true
  /// How many rows of a panel of columns a strip reads at a time where it need not ask for the next ones; nil where
  /// it is better to ask.
  var unaskedPanelRows: Int?
  /// Whether additions and conversions have other pipes than multiplications.
  var hasPipesForAdditions = false

  /// Those of `host`'s processor, by LLVM's name of it.
  static func of(_ host: Host) -> ProcessorHabits { processors[host.cpuName] ?? ProcessorHabits() }

  /// Zen 3 fetches several streams side by side: the sums of 4,000 rows as long take 4.2 ms four rows at a
  /// time and 5.3 one at a time, whether they are asked for in advance or not; the sum, sum of squares,
  /// maximum and minimum of 80 MB 5.5 ms in four streams of 64 KB, and 6.7 in one. Zen 4 takes 2.9 ms for
  /// those rows four at a time and 2.1 one at a time. There counting what lies between two bounds in 80 MB
  /// takes 1.21 times as long as reading them in four streams, and 1.08 times in one; π from 16 MB 1.09 and
  /// 0.99 times as long as in C.
  ///
  /// Both add and convert in two pipes and multiply in two others.
  ///
  /// Zen 4 takes 64 bytes as two halves: the seed program's loop over 16 MB in the third cache takes 205 µs
  /// with 32 bytes and 252 with 64; in the second cache there is no difference, and `exp` takes 0.8 times
  /// as long with 64. Halves are converted as they are loaded, whole vectors with a permutation besides:
  /// the mean and variance of float32 in the first cache take 4.1 cycles for 16 elements with 32 bytes and
  /// products for sums, 5.6 with 64 bytes and 6.1 with sums as well.
  ///
  /// Zen 4 reads the rows of a program that writes others better when it is not asked: the RMS norm of 16
  /// MB through the caches takes 0.66 ms and 0.88, of 32 MB past them 1.27 and 1.41. Where loops of several
  /// rows run side by side it is better asked: the softmax of 16 MB takes 1.07 ms and 1.16.
  ///
  /// Emerald Rapids asks for too little of several streams, too. On one thread the similarities of two matrices of
  /// 32 MB take 1.18 to 1.36 times as long as reading them, and 0.95 to 1.03 when asked for; π from 16,777,216
  /// points 1.03 and 0.95; a stencil over 40 MB 1.0 and 0.8. LLVM 19 takes it for Sapphire Rapids, which has the same cores.
  /// Columns are another thing: their pieces of rows are streams that it follows. The means and variances of 4,000
  /// columns as long take 0.89 times as long in groups of 24 rows that are not asked for as in groups of ten
  /// that are, their sums and greatest 0.87 to 0.92, on one thread and on two; sums of float64 0.88 and of bytes
  /// 1.04 to 1.07. Columns that are read twice are better asked for: the softmax of
  /// columns takes 1.1 to 2 times as long unasked.
  private static let processors = [
    "znver3": ProcessorHabits(streamCount: 4, hasPipesForAdditions: true),
    "znver4": ProcessorHabits(
      streamByteCount: 32, readsRowsAhead: false, reductionsReadAhead: false,
      hasPipesForAdditions: true),
    "sapphirerapids": ProcessorHabits(mostStreamsAhead: 4, unaskedPanelRows: 24),
    "emeraldrapids": ProcessorHabits(mostStreamsAhead: 4, unaskedPanelRows: 24),
  ]
}
