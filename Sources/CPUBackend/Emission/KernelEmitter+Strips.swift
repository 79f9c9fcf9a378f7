internal import KernelIR
internal import Scalars

/// Kernels whose lanes lie along the last outer axis: elementwise ones, and reductions that keep the
/// contiguous axis.
extension KernelEmitter {
  func emitStrips(from begin: IRValue, to end: IRValue, along axis: Int) {
    let cut = Cut(
      stages, of: kernel, along: axis, for: target,
      pastCaches: kernel.storesPastCaches && inner.isEmpty)
    _ = loops.segments(
      of: 0..<kernel.outerCount, from: begin, to: end, at: memory.launch.pointers
    ) { segment, _ in
      emitSegment(segment, cut)
      return []
    }
    if kernel.storesPastCaches { emitFence() }
  }

  /// The accesses that are written.
  var stores: [Int] { stages.flatMap { $0.stage.stores.map(\.access) } }

  /// The accesses that are read.
  var loads: [Int] { Set(stages.flatMap(\.stage.loads)).sorted() }

  /// Writes a run along the lane axis, in the strips of `cut`.
  func emitSegment(_ segment: LoopEmitter.Segment, _ cut: Cut) {
    let axis = segment.axis
    let scopes = segmentScopes(at: segment.pointers, cut.lanes)
    var index = segment.begin
    for pass in cut.passes {
      let first = memory.advance(segment.pointers, along: axis, by: index)
      let isAligned =
        pass.strip.isPastCaches ? memory.isAligned(stores, at: first, pass.strip) : nil
      index =
        loops.strips(of: segment, from: index, pass, if: isAligned) { index, strip, _ in
          let pointers = memory.advance(segment.pointers, along: axis, by: index)
          if kernel.readsAhead, inner.isEmpty, !pass.isMasked, strip.lanes > 1 {
            for stage in stages.indices { prefetch(stage, at: pointers, along: axis, strip) }
          }
          emitStrip(strip, at: pointers, along: axis, scopes)
          return []
        }.index
    }
  }

  /// What each stage computes once for a run along the lane axis.
  func segmentScopes(at pointers: [IRValue], _ lanes: Int) -> [Scope] {
    stages.indices.map { stage in
      var scope = Scope()
      let emitter = emitter(stage, along: self.lanes.axis)
      emitter.emit(.segment, into: &scope, at: pointers, .scalar)
      emitter.spread(&scope, lanes: lanes)
      return scope
    }
  }

  /// Writes all stages for one strip of the outer axis.
  func emitStrip(_ strip: Strip, at pointers: [IRValue], along axis: Int, _ scopes: [Scope]) {
    var accumulators: [[IRValue]] = []
    for stage in stages.indices {
      var scope = scopes[stage]
      scope.vectors.merge(self.scope(stage, reading: accumulators, uniform: false).vectors) { $1 }
      let emitter = emitter(stage, along: axis)
      emitter.emit(.strip, into: &scope, at: pointers, strip)
      if stages[stage].stage.loops {
        accumulators += emitLoop(stage, strip, at: pointers, scope, emitter)
      } else {
        emitter.store(from: scope, at: pointers, strip)
      }
    }
  }

  /// Writes a stage's loop over the inner space and returns its accumulators, a vector for each unit
  /// of the strip.
  private func emitLoop(
    _ stage: Int, _ strip: Strip, at pointers: [IRValue], _ scope: Scope, _ emitter: StageEmitter
  ) -> [[IRValue]] {
    let accumulation = accumulation(stage, lanes: strip.lanes, lanesAreJoined: false)
    let first = accumulation.initial(lanes: strip.lanes, position: .i64(0))
    let last = inner.upperBound - 1
    let streams = Set(stages[stage].stage.loads).filter { memory.leavesLines($0, along: last) }
      .sorted()
    let states = loops.points(
      of: inner, from: .i64(0), to: loops.count(inner), at: pointers,
      carrying: accumulation.widened(first, to: strip, position: .i64(0))
    ) { pointers, position, states in
      var scope = scope
      for access in streams { memory.prefetch(access, at: pointers[access], along: last, strip) }
      emitter.emit(.point, into: &scope, at: pointers, strip)
      emitter.store(from: scope, at: pointers, strip)
      return accumulation.accumulate(states, strip, position: position, isAlongLanes: false) {
        emitter.value(of: $0, in: scope, lanes: strip.lanes, unit: $1)
      }
    }
    return accumulation.values(states, lanes: strip.lanes)
  }
}
