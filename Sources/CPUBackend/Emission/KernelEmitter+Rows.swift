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
        emitRow(at: memory.launch.pointers)
        return []
      }
      return
    }
    _ = loops.points(of: outer, from: begin, to: end, at: memory.launch.pointers) {
      pointers, _, _ in
      emitRow(at: pointers)
      return []
    }
    if kernel.storesPastCaches { emitFence() }
  }

  /// Stores past the caches may otherwise reach memory after what tells other threads that they are
  /// done.
  func emitFence() { writer.emit("fence seq_cst") }

  /// Writes all stages for one point of the outer space.
  private func emitRow(at pointers: [IRValue]) {
    var accumulators: [[IRValue]] = []
    for stage in stages.indices {
      if stages[stage].stage.loops {
        let (accumulation, states) = emitLoop(
          stage, from: .i64(0), to: loops.count(inner), at: pointers, reading: accumulators)
        accumulators += accumulation.values(states, lanes: 1)
      } else {
        emitPoint(stage, at: pointers, reading: accumulators)
      }
    }
  }

  /// Writes a stage that does not loop, one lane wide.
  func emitPoint(_ stage: Int, at pointers: [IRValue], reading accumulators: [[IRValue]]) {
    let emitter = emitter(stage, along: nil)
    var scope = scope(stage, reading: accumulators, uniform: true)
    emitter.emitAll(into: &scope, at: pointers)
    emitter.store(from: scope, at: pointers, .scalar)
  }

  /// Writes a stage's loop over the positions from `begin` to `end` of the inner space and returns
  /// the states of one lane.
  func emitLoop(
    _ stage: Int, from begin: IRValue, to end: IRValue, at pointers: [IRValue],
    reading accumulators: [[IRValue]]
  ) -> (Accumulation, [IRValue]) {
    guard let axis = inner.last else {
      return emitOnly(stage, from: begin, to: end, at: pointers, reading: accumulators)
    }
    let cut = Cut(
      [stages[stage]], of: kernel, along: axis, for: target,
      pastCaches: kernel.storesPastCaches && kernel.isFinal(stages[stage].stage))
    let emitter = emitter(stage, along: axis)
    let accumulation = accumulation(stage, lanes: cut.lanes, lanesAreJoined: true)
    let outer = scope(stage, reading: accumulators, uniform: true)
    // The chunks of full reductions are no longer than a block anyway.
    let isLossy = stages[stage].stage.accumulators.contains(where: \.losesDigits)
    let blockLength = isLossy && kernel.outerCount > 0 ? Kernel.chunkLength : nil
    // The states of the vectors, then those of the single lanes that are left over at the ends.
    let vector = accumulation.initial(lanes: cut.lanes, position: begin)
    let lane = cut.hasScalarPass ? accumulation.initial(lanes: 1, position: begin) : []
    let states = loops.segments(
      of: inner, from: begin, to: end, at: pointers, carrying: vector + lane
    ) { segment, states in
      var scope = outer
      emitter.emit(.segment, into: &scope, at: segment.pointers, .scalar)
      emitter.spread(&scope, lanes: cut.lanes)
      var (index, vector) = (segment.begin, Array(states.prefix(vector.count)))
      var lane = Array(states.dropFirst(vector.count))
      for (number, pass) in cut.passes.enumerated() {
        let isScalar = pass.strip.lanes < cut.lanes
        // What is left over for the other passes is short.
        let isLong = number < cut.longPassCount
        let isAligned =
          pass.strip.isPastCaches
          ? memory.isAligned(
            stages[stage].stage.stores.map(\.access),
            at: memory.advance(segment.pointers, along: axis, by: index), pass.strip) : nil
        let after = loops.strips(
          of: segment, from: index, pass, carrying: isScalar ? lane : vector,
          as: StripStates(
            accumulation: accumulation, position: begin, blockLength: isLong ? blockLength : nil),
          if: isAligned
        ) { index, strip, states in
          var scope = scope
          let pointers = memory.advance(segment.pointers, along: axis, by: index)
          if kernel.readsAhead, isLong { prefetch(stage, at: pointers, along: axis, strip) }
          emitter.emit(.point, into: &scope, at: pointers, strip)
          emitter.store(from: scope, at: pointers, strip)
          let position = loops.position(of: index, in: segment)
          return accumulation.accumulate(states, strip, position: position, isAlongLanes: true) {
            emitter.value(of: $0, in: scope, lanes: strip.lanes, unit: $1)
          }
        }
        index = after.index
        if isScalar { lane = after.values } else { vector = after.values }
      }
      return vector + lane
    }
    let joined = accumulation.joinedLanes(Array(states.prefix(vector.count)), lanes: cut.lanes)
    let single = Array(states.dropFirst(vector.count))
    return (accumulation, single.isEmpty ? joined : accumulation.merged(joined, single))
  }

  /// Asks for what a stage will read along the lane axis some time after a strip.
  func prefetch(_ stage: Int, at pointers: [IRValue], along axis: Int, _ strip: Strip) {
    for access in Set(stages[stage].stage.loads).sorted()
    where memory.isContiguous(access, along: axis) {
      memory.prefetch(access, at: pointers[access], strip)
    }
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
