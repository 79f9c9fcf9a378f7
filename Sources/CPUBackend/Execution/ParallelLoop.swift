internal import Synchronization

/// The body of a loop: works on `begin..<end`, which is chunk number `chunk`, with whatever stands
/// at `context`.
///
/// It is a C function, so that compiled kernels are bodies themselves and a call allocates nothing.
package typealias LoopBody =
  @convention(c) (_ context: UnsafeRawPointer, _ begin: Int, _ end: Int, _ chunk: Int) -> Void

/// Loops over a range in chunks, on as many threads as pay.
///
/// Chunk `k` is `k * grain ..< min((k + 1) * grain, count)`, whatever the number of threads. Each
/// chunk runs exactly once, so a body that writes only what belongs to its chunk gives the same
/// bits at any number of threads; a reduction writes one partial result a chunk and combines them
/// afterwards.
package enum ParallelLoop {
  /// Runs `body` over `0..<count` in chunks of `grain`, and returns when all of them are done.
  ///
  /// - Parameters:
  ///   - threads: how many threads may work at once, the caller included.
  ///   - estimate: what the loop would take on one thread, in nanoseconds.
  ///   - joining: which chunks may reach the body as one range, under the number of the first.
  ///   - context: handed to `body`; must stay valid and, if shared chunks change it, be safe to
  ///     share.
  ///   - contextByteCount: how many bytes stand there, if `body` may be handed a copy of them instead,
  ///     which reaches other cores sooner.
  @inline(__always)
  package static func run(
    count: Int, grain: Int, threads: Int, nanoseconds estimate: Double,
    joining: ChunkJoining = .none,
    context: UnsafeRawPointer, contextByteCount: Int = 0, body: LoopBody
  ) {
    let range = ChunkedRange(count: count, grain: grain, joining: joining)
    if isSerial(range, threads, estimate) {
      range.run(chunks: 0..<range.chunks, context, body)
    } else {
      WorkerTeam.shared.run(
        range, threads: threads, nanoseconds: estimate,
        LoopContext(start: context, byteCount: contextByteCount), body)
    }
  }

  /// Runs `body(begin, end, chunk)` over `0..<count` as the function above does, for bodies that
  /// are not worth a C function. Sharing the loop takes 60 ns more: the closure is copied to the
  /// heap.
  package static func run(
    count: Int, grain: Int, threads: Int, nanoseconds estimate: Double,
    _ body: (_ begin: Int, _ end: Int, _ chunk: Int) -> Void
  ) {
    let range = ChunkedRange(count: count, grain: grain)
    if isSerial(range, threads, estimate) {
      for chunk in 0..<range.chunks {
        let bounds = range.bounds(ofChunk: chunk)
        body(bounds.lowerBound, bounds.upperBound, chunk)
      }
      return
    }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { pointer in
        WorkerTeam.shared.run(
          range, threads: threads, nanoseconds: estimate, LoopContext(start: pointer, byteCount: 0)
        ) { context, begin, end, chunk in
          context.assumingMemoryBound(to: ((Int, Int, Int) -> Void).self).pointee(begin, end, chunk)
        }
      }
    }
  }

  /// Returns what `transform` makes of each element, in order; each takes `nanosecondsEach` or more.
  static func map<Element, Result: Sendable>(
    _ elements: [Element], threads: Int, nanosecondsEach: Double,
    _ transform: (Element) -> Result
  ) -> [Result] {
    let results = Mutex([Result?](repeating: nil, count: elements.count))
    run(
      count: elements.count, grain: 1, threads: threads,
      nanoseconds: nanosecondsEach * Double(elements.count)
    ) { begin, end, _ in
      for number in begin..<end {
        let result = transform(elements[number])
        results.withLock { $0[number] = result }
      }
    }
    return results.withLock { $0.compactMap { $0 } }
  }

  /// Whether a loop is too small for a look at the team.
  @inline(__always)
  private static func isSerial(_ range: ChunkedRange, _ threads: Int, _ estimate: Double) -> Bool {
    estimate < LoopCost.leastShared || threads < 2 || range.count <= range.grain
  }

  /// Returns how many chunks a loop over `count` in chunks of `grain` has.
  package static func chunkCount(count: Int, grain: Int) -> Int {
    ChunkedRange(count: count, grain: grain).chunks
  }
}

/// Which neighbouring chunks of a loop may reach its body as one range: none but for bodies that write
/// what belongs to each element, and nothing that belongs to a chunk.
package enum ChunkJoining: Hashable, Sendable {
  /// None, nor does a thread take more than one at a time: for chunks that take unequally long.
  case alone
  case none
  /// Those that a thread takes at a time.
  case batches
  /// Those that a thread takes at a time, and it comes so many times: for bodies that are faster on long ranges.
  case longBatches(each: Int)

  /// Whether any may.
  var joins: Bool {
    switch self {
    case .alone, .none: false
    case .batches, .longBatches: true
    }
  }
}

/// The range `0..<count`, cut into chunks of `grain`.
struct ChunkedRange {
  let count: Int
  let grain: Int
  let joining: ChunkJoining

  init(count: Int, grain: Int, joining: ChunkJoining = .none) {
    self.count = max(count, 0)
    self.grain = max(grain, 1)
    self.joining = joining
  }

  /// How many chunks there are; the last may be short.
  var chunks: Int { count / grain + (count % grain == 0 ? 0 : 1) }

  /// Runs the body over some of the chunks, in order.
  @inline(__always)
  func run(chunks: Range<Int>, _ context: UnsafeRawPointer, _ body: LoopBody) {
    if joining.joins, !chunks.isEmpty {
      let last = bounds(ofChunk: chunks.upperBound - 1)
      body(context, chunks.lowerBound * grain, last.upperBound, chunks.lowerBound)
      return
    }
    for chunk in chunks {
      let bounds = bounds(ofChunk: chunk)
      body(context, bounds.lowerBound, bounds.upperBound, chunk)
    }
  }

  /// Returns the part of the range that is chunk number `chunk`.
  @inline(__always)
  func bounds(ofChunk chunk: Int) -> Range<Int> {
    let begin = chunk * grain
    return begin..<begin + min(grain, count - begin)
  }

  /// Returns the part of the loop that the busiest of `threads` threads gets when all are equally
  /// fast.
  func largestShare(threads: Int) -> Double {
    let chunksEach = (chunks + threads - 1) / threads
    return min(1, Double(chunksEach) * Double(grain) / Double(count))
  }
}
