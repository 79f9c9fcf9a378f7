internal import Arrays
internal import KernelIR
internal import Scalars

/// Full reductions: chunks of the inner space, and the combination of their partial results.
extension KernelEmitter {
  /// The stage that loops; a full reduction has exactly one.
  private var looping: Int { stages.firstIndex { $0.stage.loops } ?? 0 }

  /// Writes one chunk and the words of its partial results.
  func emitChunk(from begin: IRValue, to end: IRValue) {
    let (accumulation, states) = emitLoop(
      looping, from: begin, to: end, at: memory.launch.pointers, reading: [])
    write(states, accumulation.reductions, to: slots(of: IRValue("%chunk", .i64)))
  }

  /// Writes the combination of all chunks, and the stages that do not loop.
  func emitFinish() {
    let reductions = accumulation(looping, [.scalar], lanesAreJoined: true).reductions
    let count = IRValue("%count", .i64)
    let identities = reductions.flatMap { $0.initial(lanes: 1, position: .i64(0)) }
    let flat = writer.when(
      writer.compare("icmp sgt", count, .i64(0)), carrying: identities
    ) {
      emitTree(reductions, count)
      return read(reductions, from: slots(of: .i64(0))).flatMap { $0 }
    }
    var rest = flat[...]
    let values = reductions.map { reduction in
      let state = Array(rest.prefix(reduction.slotDTypes.count))
      rest = rest.dropFirst(state.count)
      return [reduction.value(of: state, lanes: 1)]
    }
    for stage in stages.indices where !stages[stage].stage.loops {
      emitPoint(stage, at: memory.launch.pointers, reading: values)
    }
  }

  /// Combines neighbours, then the neighbours of what is left, and so on, in place.
  private func emitTree(_ reductions: [ReductionEmitter], _ count: IRValue) {
    _ = writer.when(writer.compare("icmp sgt", count, .i64(1))) {
      writer.repeatWhile(carrying: [.i64(1)]) { current in
        let distance = current[0]
        let next = writer.binary("shl nsw", distance, .i64(1))
        let end = writer.binary("sub nsw", count, distance)
        _ = writer.loop(from: .i64(0), to: end, step: next) { chunk, _ in
          let left = slots(of: chunk)
          let right = slots(of: writer.add(chunk, distance))
          let states = zip(read(reductions, from: left), read(reductions, from: right))
          write(zip(reductions, states).map { $0.merge($1.0, $1.1) }, reductions, to: left)
          return []
        }
        return ([next], writer.compare("icmp slt", next, count))
      }
    }
  }

  /// The address of the first word of a chunk's partial results.
  private func slots(of chunk: IRValue) -> IRValue {
    let (_, total) = LaunchBlock.offsets(kernel.accumulators)
    return writer.address(
      IRValue("%partials", .pointer), plus: writer.multiply(chunk, .i64(total)), of: .i64)
  }

  private func write(_ states: [[IRValue]], _ reductions: [ReductionEmitter], to slots: IRValue) {
    let dtypes = reductions.flatMap(\.slotDTypes)
    for (slot, (value, dtype)) in zip(states.flatMap { $0 }, dtypes).enumerated() {
      let stored = writer.convert("zext", value, to: .memory(dtype))
      writer.store(stored, writer.address(slots, plus: .i64(slot), of: .i64), align: 8)
    }
  }

  private func read(_ reductions: [ReductionEmitter], from slots: IRValue) -> [[IRValue]] {
    var slot = 0
    return reductions.map { reduction in
      reduction.slotDTypes.map { dtype in
        let pointer = writer.address(slots, plus: .i64(slot), of: .i64)
        slot += 1
        let stored = writer.load(.memory(dtype), pointer, align: 8)
        return writer.convert("trunc", stored, to: IRType(dtype))
      }
    }
  }
}
