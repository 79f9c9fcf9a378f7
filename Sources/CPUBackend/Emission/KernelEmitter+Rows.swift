internal import Arrays
internal import KernelIR
internal import Scalars

/// Kernels whose lanes lie along the last inner axis, or that have no axes: every point of the outer
/// space is a row of its own.
extension KernelEmitter {
  func emitRows(from begin: IRValue, to end: IRValue) {
    let outer = 0..<kernel.outerCount
    guard !outer.isEmpty else {
      _ = writer.when(writer.compare("icmp slt", begin, end)) {
        _ = emitRows(1, at: memory.launch.pointers, before: stages.endIndex)
        return []
      }
      return
    }
    let rows = rowsAtOnce, staggersRows = kernel.staggersRows && isStaggered
    let ends = RowEnds(self, rows: rows)
    _ = loops.segments(of: outer, from: begin, to: end, at: memory.launch.pointers) { segment, _ in
      if staggersRows {
        emitStaggeredRows(segment, ends)
        return []
      }
      var first = segment.begin
      if rows > 1 {
        first = loops.groups(of: segment, rows) { index in
          emitRows(rows, from: index, in: segment, ends)
        }
      }
      return writer.loop(from: first, to: segment.end) { index, _ in
        emitRows(1, from: index, in: segment, ends)
        return []
      }
    }
    if kernel.storesPastCaches { emitFence() }
  }

  /// Stores past the caches may otherwise reach memory after what tells other threads that they are
  /// done.
  func emitFence() { writer.emit("fence seq_cst") }

  /// The elements between where kept values belong and where they go, for the accesses that have such:
  /// to the last row of the range in place of their own.
  ///
  /// Where results pass the caches, what is kept for them does not belong where they will be: those
  /// lines would be read from memory first. The last row of a range is the last that gets its results,
  /// and short ones stay in the cache until then. On Zen 3 the softmax of 4,096 rows of 4 KB takes 2.2
  /// ms with it and 2.6 without, where a copy takes 2.15.
  func displacements(
    of row: IRValue, in segment: LoopEmitter.Segment
  ) -> [Int: IRValue] {
    guard kernel.storesPastCaches, !kernel.displaceableAccesses.isEmpty else { return [:] }
    let left = writer.binary("sub nsw", segment.end, writer.add(row, .i64(1)))
    return kernel.displaceableAccesses.keys.sorted().reduce(into: [:]) { offsets, access in
      offsets[access] = writer.multiply(left, memory.launch.strides[access][segment.axis])
    }
  }

  /// Writes all stages for some neighbouring rows from `index` on; of several, the first stage alone loops. What
  /// comes at the `ends` of rows may wait for others.
  private func emitRows(
    _ rows: Int, from index: IRValue, in segment: LoopEmitter.Segment, _ ends: RowEnds?
  ) {
    let accumulators = emitRows(
      rows, at: memory.advance(segment.pointers, along: segment.axis, by: index),
      before: ends?.first ?? stages.endIndex, displacedBy: displacements(of: index, in: segment))
    guard let ends else { return }
    for row in 0..<rows {
      ends.keep(accumulators[row], of: writer.add(index, .i64(row)), in: segment)
    }
    ends.finish(before: writer.add(index, .i64(rows)), in: segment)
  }

  /// Writes the stages before `end` for some neighbouring rows and returns what they accumulate. Displaced values
  /// go so many elements on from where they belong.
  private func emitRows(
    _ rows: Int, at pointers: [IRValue], before end: Int, displacedBy offsets: [Int: IRValue] = [:]
  ) -> [[[IRValue]]] {
    var accumulators: [[[IRValue]]] = Array(repeating: [], count: rows)
    for stage in 0..<end {
      if stages[stage].stage.loops {
        let (accumulation, states) = emitLoop(
          stage, from: .i64(0), to: loops.count(inner), at: pointers, reading: accumulators[0],
          rows: rows, displacedBy: offsets)
        for row in 0..<rows { accumulators[row] += accumulation.values(states[row], lanes: 1) }
      } else {
        for row in 0..<rows {
          let places =
            row == 0
            ? pointers : memory.advance(pointers, along: kernel.outerCount - 1, by: .i64(row))
          emitPoint(stage, at: places, reading: accumulators[row])
        }
      }
    }
    return accumulators
  }

  /// How many rows the only loop takes side by side where it reads a row and does little else.
  private var rowsAtOnce: Int {
    let stage = stages[0]
    guard stage.stage.loops, stages.dropFirst().allSatisfy({ !$0.stage.loops }),
      stage.stage.stores.isEmpty, let axis = inner.last,
      !Cut([stage], of: kernel, along: axis, for: target).hasScalarPass
    else { return 1 }
    let row = kernel.outerCount - 1
    let loads = Set(stage.stage.loads).map { kernel.accesses[$0] }
    let moving = loads.filter { $0.steps[axis] != .broadcast }
    let isFit = loads.allSatisfy { $0.steps[row] == .broadcast || $0.steps[axis] == .contiguous }
    guard isFit, moving.count == 1, moving[0].steps[row] != .broadcast else { return 1 }
    return stage.work <= 4 ? target.habits.streamCount : 1
  }

  /// The strips of a walk along so many rows. The sums of a row are the same whether others are beside
  /// it or not, so its vectors are as many either way.
  private func cut(_ stage: Int, along axis: Int, rows: Int) -> Cut {
    let pastCaches = kernel.storesPastCaches && kernel.isFinal(stage)
    if isStaggered { return staggeredCut(stage, pastCaches: pastCaches) }
    let isLossy = stages[stage].stage.accumulators.contains(where: \.losesDigits)
    let most = kernel.outerCount > 0 && (rows > 1 || isLossy) ? rowsAtOnce : 1
    return Cut(
      [stages[stage]], of: kernel, along: axis, for: target,
      pastCaches: pastCaches, rows: rows, atMost: most)
  }

  /// Writes a stage that does not loop, one lane wide.
  func emitPoint(_ stage: Int, at pointers: [IRValue], reading accumulators: [[IRValue]]) {
    let emitter = emitter(stage, along: nil)
    var scope = scope(stage, reading: accumulators, uniform: true)
    emitter.emitAll(into: &scope, at: pointers)
    emitter.store(from: scope, at: pointers, .scalar)
  }

  /// Writes a stage's loop over the positions from `begin` to `end` of the inner space and returns
  /// the states of one lane of each row.
  func emitLoop(
    _ stage: Int, from begin: IRValue, to end: IRValue, at pointers: [IRValue],
    reading accumulators: [[IRValue]], rows: Int = 1, displacedBy offsets: [Int: IRValue] = [:]
  ) -> (Accumulation, [[IRValue]]) {
    guard let axis = inner.last else {
      let (accumulation, states) = emitOnly(
        stage, from: begin, to: end, at: pointers, reading: accumulators)
      return (accumulation, [states])
    }
    let cut = cut(stage, along: axis, rows: rows)
    let readsAhead = kernel.readsAhead && (target.habits.readsRowsAhead || !kernel.writesRows)
    let emitter = emitter(stage, along: axis)
    let accumulation = accumulation(stage, lanes: cut.lanes, lanesAreJoined: true)
    let outer = scope(stage, reading: accumulators, uniform: true)
    // The chunks of full reductions are no longer than a block, or are added up in float64.
    let isLossy = stages[stage].stage.accumulators.contains(where: \.losesDigits)
    let isRow = kernel.outerCount > 0
    let blockLength = isLossy && isRow ? Kernel.chunkLength : nil
    let hasPositions = accumulation.reductions.contains(where: \.hasNarrowPositions)
    let longestWalk = isRow && hasPositions ? target.longestWalk : nil
    // The states of the vectors, then those of the single lanes that are left over at the ends.
    let vector = (0..<rows).flatMap { _ in
      accumulation.initial(lanes: cut.lanes, position: begin)
    }
    let lane = cut.hasScalarPass ? accumulation.initial(lanes: 1, position: begin) : []
    let states = loops.segments(
      of: inner, from: begin, to: end, at: pointers, carrying: vector + lane
    ) { segment, states in
      var scope = outer
      emitter.emit(.segment, into: &scope, at: segment.pointers, .scalar)
      emitter.spread(&scope, lanes: cut.lanes)
      let places = places(of: stage, segment.pointers, displacedBy: offsets)
      var (index, vector) = (segment.begin, Array(states.prefix(vector.count)))
      var lane = Array(states.dropFirst(vector.count))
      for (number, pass) in cut.passes.enumerated() {
        let isScalar = pass.strip.lanes < cut.lanes
        // What is left over for the other passes is short.
        let isLong = number < cut.longPassCount
        let pass = memory.withAlignment(
          pass, of: stages[stage].stage.stores.map(\.access),
          at: memory.advance(places.stores, along: axis, by: index))
        let after = loops.strips(
          of: segment, from: index, pass, carrying: isScalar ? lane : vector,
          as: StripStates(
            accumulation: accumulation, position: begin, blockLength: isLong ? blockLength : nil,
            longestWalk: isLong ? longestWalk : nil, rows: rows)
        ) { index, strip, states in
          var scope = scope
          let loads = memory.advance(places.loads, along: axis, by: index)
          if readsAhead, isLong, strip.streams.isEmpty, rows == 1 {
            prefetch(stage, at: loads, along: axis, strip)
          }
          emitter.emit(.point, into: &scope, at: loads, strip)
          let position = loops.position(of: index, in: segment)
          // Before the store, which may be two blocks: a product is rounded with its sum within one.
          let sums = accumulation.accumulate(
            states, strip, position: position, isAlongLanes: true
          ) {
            emitter.value(of: $0, in: scope, lanes: strip.lanes, unit: $1)
          }
          let stores = memory.advance(places.stores, along: axis, by: index)
          emitter.store(from: scope, at: stores, strip)
          return sums
        }
        index = after.index
        if isScalar { lane = after.values } else { vector = after.values }
      }
      return vector + lane
    }
    let joined = accumulation.split(Array(states.prefix(vector.count)), into: rows).map {
      accumulation.joinedLanes($0, lanes: cut.lanes)
    }
    let single = Array(states.dropFirst(vector.count))
    return (accumulation, single.isEmpty ? joined : [accumulation.merged(joined[0], single)])
  }

  /// Where a stage reads and where it writes, if displaced values go so many elements on.
  func places(
    of stage: Int, _ pointers: [IRValue], displacedBy offsets: [Int: IRValue]
  ) -> (loads: [IRValue], stores: [IRValue]) {
    var (loads, stores) = (pointers, pointers)
    for (access, offset) in offsets.sorted(by: { $0.key < $1.key }) {
      let type = IRType.memory(memory.dtype(of: access))
      loads[access] = writer.address(pointers[access], plus: offset, of: type)
      if kernel.displaceableAccesses[access] != stage { stores[access] = loads[access] }
    }
    return (loads, stores)
  }

  /// Asks for what a stage will read along the lane axis some time after a strip.
  func prefetch(
    _ stage: Int, at pointers: [IRValue], along axis: Int, _ strip: Strip, level: Int = 1
  ) {
    for access in Set(stages[stage].stage.loads).sorted()
    where memory.isContiguous(access, along: axis) && !isOutput(access) {
      memory.prefetch(access, at: pointers[access], strip, level: level)
    }
  }

  /// Whether an access reads what an earlier stage has just written.
  private func isOutput(_ access: Int) -> Bool {
    kernel.argument(ofAccess: access).isOutput
  }

  /// Writes a loop over no axes, which is one point.
  private func emitOnly(
    _ stage: Int, from begin: IRValue, to end: IRValue, at pointers: [IRValue],
    reading accumulators: [[IRValue]]
  ) -> (Accumulation, [IRValue]) {
    let accumulation = accumulation(stage, lanes: 1, lanesAreJoined: true)
    let emitter = emitter(stage, along: nil)
    let first = accumulation.initial(lanes: 1, position: begin)
    let states = writer.when(writer.compare("icmp slt", begin, end), carrying: first) {
      var scope = scope(stage, reading: accumulators, uniform: true)
      emitter.emitAll(into: &scope, at: pointers)
      emitter.store(from: scope, at: pointers, .scalar)
      return accumulation.accumulate(first, .scalar, position: begin, isAlongLanes: true) {
        emitter.value(of: $0, in: scope, lanes: 1, unit: $1)
      }
    }
    return (accumulation, states)
  }
}

extension Accumulator {
  /// Whether the order in which values are combined makes a difference.
  fileprivate var losesDigits: Bool {
    dtype.isFloating && (reduction == .sum || reduction == .prod)
  }
}
