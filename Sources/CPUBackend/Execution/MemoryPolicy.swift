import Arrays
package import KernelIR
import LLVM

/// How launches meet the caches of this machine.
///
/// A result that exceeds the last cache is gone from it before anybody reads it, and writing it the
/// usual way reads each line first: on one Zen 5 core a copy runs at 64 GB/s past the caches and at
/// 38 through them. Smaller results are left in the caches for whoever reads them next.
package struct MemoryPolicy: Sendable {
  /// The bytes of the second cache of a core.
  let innerCacheByteCount: Int
  /// The bytes of the last cache that are counted on. `sysconf` would tell those of the whole chip, of
  /// which a core reaches a part.
  var lastCacheByteCount: Int
  /// Whether the last cache holds more than is counted on, as those do that many cores share from afar.
  var isLastCacheDistant = false
  /// The bytes beyond which operands are read in streams.
  let leastByteCountInStreams: Int
  /// The bytes that a chunk of each operand has at least where it is read in streams.
  let leastChunkInStreams: Int
  /// The short rows that are computed a row to a lane, if there are no fewer.
  private(set) var leastShortRowCount: Int
  /// The bytes of vectors; 1 where results may pass the caches however they lie.
  var vectorByteCount = 64
  /// How the processor reads memory best.
  var habits = ProcessorHabits()

  /// That for this machine's caches. From how many bytes on operands are read in streams is a number, and
  /// not what they hold: streams combine values in another order, and the bits shall not tell one cache
  /// from another.
  ///
  /// No more is counted on than common caches hold. A much larger one belongs to many cores, which may
  /// reach it no faster than memory: on a Xeon of 16 cores and 300 MB (Emerald Rapids) a row plus a matrix of
  /// 64 MB takes 11.4 ms through it and 6.0 past it, and on 16 threads 1.07 and 0.40. Caches of 96 MB for
  /// eight cores have not been measured.
  package static let standard: MemoryPolicy = {
    let lastCache = cacheByteCount(level: 3) ?? common.lastCacheByteCount
    return MemoryPolicy(
      innerCacheByteCount: cacheByteCount(level: 2) ?? common.innerCacheByteCount,
      lastCacheByteCount: min(lastCache, common.lastCacheByteCount),
      isLastCacheDistant: lastCache > common.lastCacheByteCount,
      leastByteCountInStreams: common.leastByteCountInStreams,
      leastChunkInStreams: common.leastChunkInStreams,
      leastShortRowCount: common.leastShortRowCount)
  }()

  /// The policy as it suits a processor's habits.
  func adapted(to host: Host) -> MemoryPolicy {
    var policy = self
    policy.habits = .of(host)
    policy.vectorByteCount = host.vectorByteCount
    return policy
  }

  /// That for caches of common sizes.
  static let common = MemoryPolicy(
    innerCacheByteCount: 1 << 20, lastCacheByteCount: 1 << 25, leastByteCountInStreams: 1 << 20,
    leastChunkInStreams: 1 << 15, leastShortRowCount: 32)

  /// That for a machine without caches, on which the smallest launch meets memory as large ones do.
  package static let withoutCaches = MemoryPolicy(
    innerCacheByteCount: 0, lastCacheByteCount: 0, leastByteCountInStreams: 0,
    leastChunkInStreams: 0, leastShortRowCount: 1, vectorByteCount: 1,
    habits: ProcessorHabits(streamCount: 4))

  /// That for a machine whose last cache holds a little less than the launches of a plan touch, so that
  /// some results stay there.
  package static func nearlyHolding(_ plan: LaunchPlan) -> MemoryPolicy {
    var policy = withoutCaches
    let bytes = plan.steps.reduce(0.0) { sum, step in
      if case .kernel(let launch) = step { sum + policy.byteCount(launch) } else { sum }
    }
    policy.lastCacheByteCount = Int(0.99 * bytes)
    policy.leastShortRowCount = common.leastShortRowCount
    return policy
  }

  private static func cacheByteCount(level: Int) -> Int? {
    let text = SystemFile.contents("/sys/devices/system/cpu/cpu0/cache/index\(level)/size")
    return text.flatMap { Int($0.prefix { $0.isNumber }) }.map { $0 * 1024 }
  }

  /// What launches may touch before their results go past the caches, on so many threads.
  ///
  /// On one thread a copy that is repeated takes as long either way at 2 * 11 MB where the last cache
  /// has 32 MB. On two, which wait for lines side by side, it does so at 2 * 22 MB on Zen 3. But what fills
  /// the whole cache is there only if nothing else was in between and no other program uses it: on two
  /// threads of Zen 4 the RMS norm of 2 * 16 MB takes 0.39 to 0.60 ms through the caches where call follows
  /// call, and 0.37 to 0.60 past them; where calls take turns with a copy 0.68 to 0.84, and 0.66. A copy
  /// of as much that is repeated on a quiet Zen 3 pays for it: 0.74 times as long through the caches. Where
  /// values are kept in the place of results, past the caches they have a place of their own: on two
  /// threads of Zen 3 the softmax of 2 * 16 MB takes 0.8 times as long as through them.
  ///
  /// A distant cache is no faster than memory: on two cores of the Xeon the RMS norm of 2 * 16 MB, call after
  /// call, takes 0.85 to 1.03 ms through it and 0.66 to 0.83 past it, in C 0.81 and 0.60.
  func cachedByteCount(_ kernel: Kernel, threads: Int) -> Double {
    let usesAll = threads > 1 && kernel.displaceableAccesses.isEmpty && !isLastCacheDistant
    return (usesAll ? 1.0 : Self.usableShare) * Double(lastCacheByteCount)
  }

  /// How many points of a map or of a program of rows whose results pass the caches leave theirs there all
  /// the same: as many as there is room for beside what such launches touch otherwise, and no more than
  /// the leading thread's share.
  ///
  /// That thread begins with them while the others write past the caches, so that both ways to memory are in
  /// use: on two threads of Zen 4, whose cores of one last cache write 28 GB/s past it together, the RMS norm
  /// of 2 * 16 MB in C takes 0.60 ms past the caches, 0.52 through them, and 0.40 with half of the rows each
  /// way; where they write twice as fast 0.37, 0.53 and 0.42. Here, call after call, the layer norm of as much
  /// takes 0.59 ms without and 0.40 with, or 0.32 and 0.31; softmax 0.61 and 0.50, or 0.46 and 0.47. On one thread
  /// it gains nothing. More threads have not been measured. To write through a distant cache costs time: on two
  /// cores of the Xeon the softmax of 2 * 16 MB takes 1.02 to 1.29 ms so and 0.78 to 0.95 without, the layer norm
  /// 0.99 to 1.05 and 0.79 to 0.90.
  func cachedPointCount(_ launch: KernelLaunch, touching bytes: Double, threads: Int) -> Int {
    let kernel = launch.kernel, layout = launch.layout
    // A chunk of a full reduction is one call; tiles go to memory in a way of their own.
    guard threads > 1, !isLastCacheDistant, kernel.storesPastCaches, kernel.tiling == nil,
      !kernel.isFullReduction
    else { return 0 }
    let results = kernel.accesses.indices
      .filter { kernel.argument(ofAccess: $0).isOutput }
      .map { KernelCost.bytes(ofAccess: $0, kernel, layout) }.reduce(0, +)
    let room = Self.usableShare * Double(lastCacheByteCount) - (bytes - results)
    guard room >= Self.leastCachedShare * results else { return 0 }
    let share = min(room / results, 1 / Double(threads))
    // The elements of a map in whole cache lines, so that those of the rest begin where one does.
    let unit = kernel.innerCount == 0 ? 64 : 1
    return Int(share * Double(kernel.rangeCount(for: layout))) / unit * unit
  }

  /// The least part of results that is worth another kernel.
  private static let leastCachedShare = 0.125

  /// How much of the last cache is likely to hold what the call before has left.
  private static let usableShare = 0.75

  /// What a launch reads and writes, if it is one whose results may pass the caches.
  func byteCount(_ launch: KernelLaunch) -> Double {
    mayPassCaches(launch) ? KernelCost.bytes(launch.kernel, launch.layout) : 0
  }

  /// Whether a launch writes rows or a map, in runs that it can write past the caches: whole vectors apart, so
  /// that none begins within one.
  ///
  /// A line of which one part goes past the caches and another through them is written, thrown out and fetched
  /// again: on Zen 4 what rows of 20 float32 are less their maxima, 64 MB of them, took 78 ms so and takes 4.2
  /// through the caches; x / sum(x) in rows of 1,001 5.1 and 3.9. Programs of little work may have shorter
  /// vectors; of those that keep values in the place of results all are long, and they gain nothing where these do
  /// not fit: softmax in rows of 1,000 takes 5.7 ms prepared for it and 5.0 not.
  func mayPassCaches(_ launch: KernelLaunch) -> Bool {
    let kernel = launch.kernel, last = kernel.axes.count - 1
    guard kernel.innerCount == 0 || kernel.writesRows && !kernel.isColumns && !kernel.transposesRows
    else { return false }
    let shortest = min(habits.streamByteCount ?? vectorByteCount, vectorByteCount)
    let unit = kernel.displaceableAccesses.isEmpty ? shortest : vectorByteCount
    return kernel.accesses.indices.allSatisfy { access in
      let argument = kernel.argument(ofAccess: access)
      guard argument.isOutput, kernel.accesses[access].steps.last == .contiguous else {
        return true
      }
      // Folded rows follow each other.
      return (0..<(kernel.folding == nil ? last : last - 1)).allSatisfy { axis in
        launch.layout.extents[axis] == 1
          || launch.layout.strides[access][axis] * argument.dtype.byteCount % unit == 0
      }
    }
  }

  /// How the rows of a map are folded: where they are short, and there are several.
  func folding(_ launch: KernelLaunch) -> Folding? {
    let (kernel, layout) = (launch.kernel, launch.layout)
    guard kernel.outerCount > 1, layout.extents[kernel.outerCount - 2] >= leastShortRowCount
    else { return nil }
    return kernel.folding(of: layout)
  }

  /// Whether a launch asks for what it reads in advance: where that is one stream from beyond a core's
  /// own caches. Most processors ask for too little of one stream by themselves (sums of 64 MB take 1.3 times
  /// as long), and for enough of several: π from 16 MB takes 1.05 times as long when asked for.
  /// Single loops that reduce do better unasked on Zen 4: row sums of 16 MB in the last cache take 0.19 ms,
  /// and 0.25 when asked for; of 64 MB from memory 1.68 and 1.78 (in the middle of 48 turns); on two
  /// threads 0.097 and 0.133, and 0.74 and 0.73.
  func readsAhead(_ launch: KernelLaunch) -> Bool {
    let kernel = launch.kernel
    let isReduction =
      kernel.innerCount > 0 && !kernel.isColumns && !kernel.writesRows && !kernel.isRowProgram
    if isReduction, !kernel.transposesRows, !habits.reductionsReadAhead { return false }
    let streams = kernel.accesses.indices.count { access in
      !kernel.argument(ofAccess: access).isOutput
        && KernelCost.bytes(ofAccess: access, kernel, launch.layout) > Double(innerCacheByteCount)
    }
    return kernel.transposesRows
      ? streams > 0 : (1...habits.mostStreamsAhead).contains(streams)
  }

  /// Whether loops of neighbouring rows run side by side in a launch, which knows already how it writes. What they
  /// write through the caches, though it does not stay there, would come from memory between what they
  /// read: on Zen 4 the softmax of 12 MB takes 0.98 ms so, and 0.86 row by row; of 4 MB 0.26 and 0.29. What
  /// goes past the caches does not: of 16 MB 1.07 and 1.27.
  func staggersRows(_ launch: KernelLaunch) -> Bool {
    let kernel = launch.kernel
    return kernel.isRowProgram && !kernel.transposesRows
      && (kernel.storesPastCaches || !kernel.writesRows
        || KernelCost.bytes(kernel, launch.layout) <= 0.5 * Double(lastCacheByteCount))
  }

  /// Whether a launch reads in several streams, on processors that fetch those side by side: full reductions
  /// of one or two operands of more than a MiB in long runs. Streams of 4 KB, a page, gain nothing. On Zen
  /// 3, one thread, π from 16 MB takes 0.75 to 0.95 times as long as in one stream for each operand; from
  /// the second cache, at 10,000 points, 1.03 times.
  func readsInStreams(_ launch: KernelLaunch) -> Bool {
    let layout = launch.layout
    var kernel = launch.kernel
    // Its chunks are those that it would have.
    kernel.readsInStreams = true
    let operands = kernel.accesses.indices.filter { access in
      !kernel.argument(ofAccess: access).isOutput
        && !kernel.accesses[access].steps.allSatisfy { $0 == .broadcast }
    }
    // Stores may go past the caches, which threads have a say in, and in another order.
    guard habits.streamCount > 1, kernel.isFullReduction,
      Cut.operandsInStreams.contains(operands.count),
      kernel.stages.allSatisfy({ !$0.loops || $0.stores.isEmpty }), let run = layout.extents.last
    else { return false }
    let length = min(run, kernel.chunkLength(ofReduced: kernel.rangeCount(for: layout)))
    let narrowest = operands.map { kernel.argument(ofAccess: $0).dtype.byteCount }
    let bytes = operands.map { KernelCost.bytes(ofAccess: $0, kernel, layout) }.reduce(0, +)
    return bytes > Double(leastByteCountInStreams)
      && length * (narrowest.min() ?? 0) >= leastChunkInStreams
  }

}

extension LaunchPlan {
  /// The plan with each kernel's way to memory chosen for this machine. Results go past the caches
  /// where the launch alone touches more than they hold, or all launches together do and no later one
  /// reads the result; not where results take the place of what was just read: on Zen 3, 32 to 128 MB
  /// that are changed in place take 1.1 to 1.3 times as long past the caches.
  ///
  /// - Parameter overwritesInputs: Whether results take the place of inputs where they can.
  package func choosingMemoryAccess(
    threads: Int, overwritesInputs: Bool = false, by policy: MemoryPolicy = .standard
  ) -> LaunchPlan {
    var plan = self
    for number in plan.steps.indices {
      guard case .kernel(var launch) = plan.steps[number] else { continue }
      launch.kernel.transposesRows = launch.kernel.hasShortRows(
        launch.layout, leastCount: policy.leastShortRowCount)
      launch.kernel.folding = policy.folding(launch)
      launch.kernel.readsInStreams = policy.readsInStreams(launch)
      launch.kernel.readsAhead = policy.readsAhead(launch)
      plan.steps[number] = .kernel(launch)
    }
    let launches: [KernelLaunch?] = plan.steps.map { step in
      if case .kernel(let launch) = step { launch } else { nil }
    }
    let all = launches.compactMap { $0.map(policy.byteCount) }.reduce(0, +)
    var readLater: Set<Place> = []
    for number in steps.indices.reversed() {
      if var launch = launches[number] {
        let writes = launch.writtenPlaces
        let isFinal = writes.isDisjoint(with: readLater) && !writes.contains(.workspace)
        let limit = policy.cachedByteCount(launch.kernel, threads: threads)
        let relevant = isFinal ? all : policy.byteCount(launch)
        launch.kernel.storesPastCaches =
          policy.mayPassCaches(launch) && relevant > limit
          && !isInPlace(launch, overwritesInputs: overwritesInputs)
        launch.kernel.staggersRows = policy.staggersRows(launch)
        launch.cachedPointCount = policy.cachedPointCount(
          launch, touching: relevant, threads: threads)
        plan.steps[number] = .kernel(launch)
      }
      readLater.formUnion(steps[number].readPlaces)
    }
    return plan
  }

  /// Whether a result takes the place of something that the launch reads. Past the caches it could not:
  /// kernels that keep values in the place of results would keep them in other rows, not read yet.
  private func isInPlace(_ launch: KernelLaunch, overwritesInputs: Bool) -> Bool {
    let reads = Set(launch.addresses { !$0.isOutput })
    return launch.addresses { $0.isOutput }.contains { address in
      if reads.contains(address) { return true }
      guard overwritesInputs, case .output(let number) = address.place,
        let donor = outputs[number].donor
      else { return false }
      return reads.contains(Address(.input(donor)))
    }
  }
}

extension KernelLaunch {
  /// Whose bytes the kernel writes.
  fileprivate var writtenPlaces: Set<LaunchPlan.Place> { places { $0.isOutput } }

  /// Whose bytes the kernel reads.
  fileprivate var readPlaces: Set<LaunchPlan.Place> { places { !$0.isOutput } }

  private func places(where holds: (Argument) -> Bool) -> Set<LaunchPlan.Place> {
    Set(addresses(where: holds).map(\.place))
  }

  /// Where the accesses of some arguments begin.
  fileprivate func addresses(where holds: (Argument) -> Bool) -> [LaunchPlan.Address] {
    zip(kernel.accesses, addresses).filter { holds(kernel.arguments[$0.0.argument]) }.map(\.1)
  }
}

extension LaunchPlan.Step {
  /// Whose bytes the step reads.
  fileprivate var readPlaces: Set<LaunchPlan.Place> {
    switch self {
    case .kernel(let launch): launch.readPlaces
    case .matmul(let launch): [launch.a.address.place, launch.b.address.place]
    }
  }
}
