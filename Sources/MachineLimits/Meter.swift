import Arrays
import CPUBackend

/// Measures what is asked for the first time.
struct Meter {
  private var maker = Lazy { LoopMaker() }
  private var bandwidths: [Traffic: Double] = [:]
  private var peaks: [Arithmetic: Double] = [:]

  private struct Traffic: Hashable {
    let mix: Mix
    let byteCount: Int
    let threads: Int
  }

  private struct Arithmetic: Hashable {
    let byteCount: Int
    let isFloating: Bool
    let threads: Int
  }

  var source: LoopSource { mutating get { maker.value.source } }

  /// The bytes a second of a mix over so many bytes.
  mutating func bandwidth(_ mix: Mix, bytes: Double, threads: Int) -> Double {
    bandwidth(
      Traffic(mix: mix, byteCount: SizeClass.byteCount(bytes), threads: Self.useful(threads)))
  }

  private mutating func bandwidth(_ traffic: Traffic) -> Double {
    if let known = bandwidths[traffic] { return known }
    var best = measured(traffic)
    if traffic.threads > 1 {
      best = max(
        best, bandwidth(Traffic(mix: traffic.mix, byteCount: traffic.byteCount, threads: 1)))
    }
    bandwidths[traffic] = best
    return best
  }

  /// The operations a second in numbers of a dtype.
  mutating func peak(_ dtype: DType, threads: Int) -> Double {
    let key = Arithmetic(
      byteCount: dtype.byteCount, isFloating: dtype.isFloating, threads: Self.useful(threads))
    if let known = peaks[key] { return known }
    var best = measured(dtype, threads: key.threads)
    if key.threads > 1 { best = max(best, peak(dtype, threads: 1)) }
    peaks[key] = best
    return best
  }

  /// More threads than cores bring nothing.
  private static func useful(_ threads: Int) -> Int {
    min(max(1, threads), ThreadBudget.availableCores)
  }
}

extension Meter {
  /// Every loop shows what it can do; the best two are then looked at for longer.
  private static let trial = Stopwatch.Effort(budget: 300_000, leastSamples: 2)
  private static let final = Stopwatch.Effort(budget: 2_500_000, leastSamples: 8)

  private mutating func measured(_ traffic: Traffic) -> Double {
    guard let memory = WorkingSet(traffic.mix, byteCount: traffic.byteCount) else {
      // Without memory for the whole, half of it must do, which is no slower.
      let half = Traffic(
        mix: traffic.mix, byteCount: max(traffic.byteCount / 2, SizeClass.least),
        threads: traffic.threads)
      return half == traffic ? 1 : bandwidth(half)
    }
    let context = memory.context(threads: traffic.threads)
    let isLarge = traffic.byteCount > CacheLevel.innerByteCount
    let loops = maker.value.traffic(traffic.mix, isLarge: isLarge)
    let least = Self.least(of: loops.map(\.body), threads: traffic.threads) { body, estimate in
      memory.run(body, threads: traffic.threads, context, nanoseconds: estimate)
    }
    return Double(memory.byteCount) / least * 1e9
  }

  /// Rounds that one thread does in a call: some microseconds of them.
  private static let rounds = 16_384

  private mutating func measured(_ dtype: DType, threads: Int) -> Double {
    let context = LoopContext(chunks: threads)
    let rates = maker.value.arithmetic(dtype).map { loop, operations in
      let least = Self.least(of: [loop.body], threads: threads) { body, estimate in
        if threads == 1 {
          body(context.pointer, 0, Self.rounds, 0)
        } else {
          ParallelLoop.run(
            count: Self.rounds * threads, grain: Self.rounds, threads: threads,
            nanoseconds: estimate, context: context.pointer, body: body)
        }
      }
      return Double(operations * Self.rounds * threads) / least * 1e9
    }
    return rates.max() ?? 1
  }

  /// Returns the least nanoseconds of the best of some loops.
  ///
  /// - Parameter run: Runs a body once, of which the second argument is an estimate that makes
  ///   `ParallelLoop` share it.
  private static func least(
    of bodies: [LoopBody], threads: Int, _ run: (LoopBody, Double) -> Void
  ) -> Double {
    func least(_ body: LoopBody, _ effort: Stopwatch.Effort) -> Double {
      Stopwatch.least(effort) { times in
        for _ in 0..<times { run(body, 1e6) }
      }
    }
    let trials = bodies.map { (body: $0, least: least($0, trial)) }.sorted { $0.least < $1.least }
    return trials.prefix(2).reduce(.infinity) { best, candidate in
      min(best, candidate.least, least(candidate.body, final))
    }
  }
}

/// The sizes that working sets are measured at.
enum SizeClass {
  /// Below this, a call and the work of calling it can no longer be told apart.
  static let least = 1 << 14

  /// Returns a size by a fiftieth at most from the one asked for: 32 of them double it.
  static func byteCount(_ bytes: Double) -> Int {
    let largest = min(4 * CacheLevel.lastByteCount, MemoryLimit.byteCount / 4)
    let size = Int(min(max(bytes, Double(least)), Double(max(least, largest))))
    let unit = 1 << max(0, Int.bitWidth - 1 - size.leadingZeroBitCount - 5)
    return (size + unit / 2) / unit * unit
  }
}

/// A value that is made when it is first needed.
struct Lazy<Value> {
  private let make: @Sendable () -> Value
  private var made: Value?

  init(_ make: @escaping @Sendable () -> Value) { self.make = make }

  var value: Value {
    mutating get {
      if let made { return made }
      let new = make()
      made = new
      return new
    }
    set { made = newValue }
  }
}
