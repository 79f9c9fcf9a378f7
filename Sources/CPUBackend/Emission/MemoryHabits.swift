internal import LLVM

/// How a processor reads memory best, where processors with the same vectors differ.
struct MemoryHabits: Hashable, Sendable {
  /// The bytes of the vectors of programs that do little else than read memory; nil for the widest.
  var streamByteCount: Int?
  /// How many streams, rows or parts of an array, reductions read side by side where there is little else
  /// to do.
  var streamCount = 1

  /// Those of `host`'s processor, by LLVM's name of it.
  static func of(_ host: Host) -> MemoryHabits { processors[host.cpuName] ?? MemoryHabits() }

  /// Zen 3 fetches several streams side by side: the sums of 4,000 rows as long take 4.2 ms four rows at a
  /// time and 5.3 one at a time, whether they are asked for in advance or not; the sum, sum of squares,
  /// maximum and minimum of 80 MB 5.5 ms in four streams of 64 KB, and 6.7 in one. Zen 4 takes 2.9 ms for
  /// those rows four at a time and 2.1 one at a time. There counting what lies between two bounds in 80 MB
  /// takes 1.21 times as long as reading them in four streams, and 1.08 times in one; π from 16 MB 1.09 and
  /// 0.99 times as long as in C.
  ///
  /// Zen 4 takes 64 bytes as two halves: the seed program's loop over 16 MB in the third cache takes 205 µs
  /// with 32 bytes and 252 with 64; in the second cache there is no difference, and `exp` takes 0.8 times
  /// as long with 64.
  private static let processors = [
    "znver3": MemoryHabits(streamCount: 4),
    "znver4": MemoryHabits(streamByteCount: 32),
  ]
}
