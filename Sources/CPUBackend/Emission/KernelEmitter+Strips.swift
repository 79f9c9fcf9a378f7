internal import KernelIR
internal import Scalars

/// Kernels whose lanes lie along the last outer axis: elementwise ones, and reductions that keep the
/// contiguous axis.
extension KernelEmitter {
  func emitStrips(from begin: IRValue, to end: IRValue, along axis: Int) {
    let cut = Cut(
      stages, of: kernel, along: axis, for: target,
      pastCaches: kernel.storesPastCaches && inner.isEmpty)
    let buffers = hasPanels ? panelBuffers(cut) : nil
    _ = loops.segments(
      of: 0..<kernel.outerCount, from: begin, to: end, at: memory.launch.pointers
    ) { segment, _ in
      if let buffers { emitPanels(segment, cut, buffers) } else { emitSegment(segment, cut) }
      return []
    }
    if kernel.storesPastCaches { emitFence() }
  }

  /// The accesses that are written.
  var stores: [Int] { stages.flatMap { $0.stage.stores.map(\.access) } }

  /// The accesses that are read.
  var loads: [Int] { Set(stages.flatMap(\.stage.loads)).sorted() }

  /// Whether an access walks along `axis` over the same elements for each index of another.
  private func isReadAgain(_ access: Int, along axis: Int) -> Bool {
    memory.isContiguous(access, along: axis)
      && kernel.accesses[access].steps[..<axis].contains(.broadcast)
  }

  /// Writes a run along the lane axis, in the strips of `cut`.
  func emitSegment(_ segment: LoopEmitter.Segment, _ cut: Cut) {
    let axis = segment.axis
    let scopes = segmentScopes(at: segment.pointers, cut.lanes)
    // What each row reads again would lose its place in the first cache to what is asked for: on Zen 4
    // the product of a column and a row of 4,000 plus a matrix takes 3.9 ms so, and 3.1 by the second.
    let level = loads.contains { isReadAgain($0, along: axis) } ? 2 : 1
    emitSegment(segment, cut) { _, strip, pointers in
      if kernel.readsAhead, inner.isEmpty, strip.masks.isEmpty, strip.lanes > 1 {
        for stage in stages.indices {
          prefetch(stage, at: pointers, along: axis, strip, level: level)
        }
      }
      emitStages(0..., strip, at: pointers, along: axis, scopes, reading: [])
    }
  }

  /// Writes `body` for each strip of a run along the lane axis; it gets the strip's index and the
  /// addresses there.
  func emitSegment(
    _ segment: LoopEmitter.Segment, _ cut: Cut,
    _ body: (_ index: IRValue, Strip, _ pointers: [IRValue]) -> Void
  ) {
    let axis = segment.axis
    var index = segment.begin
    for pass in cut.passes {
      let first = memory.advance(segment.pointers, along: axis, by: index)
      let pass = memory.withAlignment(pass, of: stores, at: first)
      index =
        loops.strips(of: segment, from: index, pass) { index, strip, _ in
          body(index, strip, memory.advance(segment.pointers, along: axis, by: index))
          return []
        }.index
    }
  }

  /// What each stage from `first` on computes once for a run along the lane axis.
  func segmentScopes(at pointers: [IRValue], _ lanes: Int, from first: Int = 0) -> [Scope] {
    stages.indices.map { stage in
      var scope = Scope()
      if stage < first { return scope }
      let emitter = emitter(stage, along: self.lanes.axis)
      emitter.emit(.segment, into: &scope, at: pointers, .scalar)
      emitter.spread(&scope, lanes: lanes)
      return scope
    }
  }

  /// Writes some stages for one strip of the outer axis; those before them left `accumulators`.
  func emitStages(
    _ range: some RangeExpression<Int>, _ strip: Strip, at pointers: [IRValue], along axis: Int,
    _ scopes: [Scope], reading accumulators: [[IRValue]]
  ) {
    var accumulators = accumulators
    for stage in range.relative(to: stages) {
      var scope = scopes[stage]
      scope.read(self.scope(stage, reading: accumulators, uniform: false))
      if stages[stage].stage.loops {
        let accumulation = accumulation(stage, lanes: strip.lanes, lanesAreJoined: false)
        let states = emitLoop(
          stage, strip, from: .i64(0), to: loops.count(inner), at: pointers, scope, accumulation,
          carrying: accumulation.initial(strip, position: .i64(0)))
        accumulators += accumulation.values(states, lanes: strip.lanes)
      } else {
        let emitter = emitter(stage, along: axis)
        emitter.emit(.strip, into: &scope, at: pointers, strip)
        emitter.store(from: scope, at: pointers, strip)
      }
    }
  }

  /// Writes a stage's loop over some positions of the inner space, and returns the states after them
  /// of each vector of the strip. The scope may have what is computed once for each column.
  func emitLoop(
    _ stage: Int, _ strip: Strip, from begin: IRValue, to end: IRValue, at pointers: [IRValue],
    _ scope: Scope, _ accumulation: Accumulation, carrying states: [IRValue],
    in group: PanelGroup? = nil, hasColumnValues: Bool = false
  ) -> [IRValue] {
    let emitter = emitter(stage, along: lanes.axis)
    var outer = scope
    if !hasColumnValues { emitter.emit(.strip, into: &outer, at: pointers, strip) }
    let last = inner.upperBound - 1
    let streams = Set(stages[stage].stage.loads).filter { memory.leavesLines($0, along: last) }
      .sorted()
    let ahead = streams.map { memory.elementsAhead($0, along: last, strip, in: group) }
    func askAhead(_ pointers: [IRValue]) {
      for (access, elements) in zip(streams, ahead) {
        memory.prefetch(access, at: pointers[access], ahead: elements, strip)
      }
    }
    return loops.points(of: inner, from: begin, to: end, at: pointers, carrying: states) {
      pointers, position, states in
      var scope = outer
      if let group, !group.asksAhead, !streams.isEmpty {
        _ = writer.when(group.isNarrow) {
          askAhead(pointers)
          return []
        }
      } else {
        askAhead(pointers)
      }
      emitter.emit(.point, into: &scope, at: pointers, strip)
      emitter.store(from: scope, at: pointers, strip)
      return accumulation.accumulate(states, strip, position: position, isAlongLanes: false) {
        emitter.value(of: $0, in: scope, lanes: strip.lanes, unit: $1)
      }
    }
  }
}
