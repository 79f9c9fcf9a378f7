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
    write(states[0], accumulation, to: slots(of: IRValue("%chunk", .i64)))
  }

  /// Writes the combination of all chunks, and the stages that do not loop.
  func emitFinish() {
    let accumulation = accumulation(looping, lanes: 1, lanesAreJoined: true)
    let count = IRValue("%count", .i64)
    let states = writer.when(
      writer.compare("icmp sgt", count, .i64(0)),
      carrying: accumulation.initial(lanes: 1, position: .i64(0))
    ) {
      emitTree(accumulation, count)
      return read(accumulation, from: slots(of: .i64(0)))
    }
    let values = accumulation.values(states, lanes: 1)
    for stage in stages.indices where !stages[stage].stage.loops {
      emitPoint(stage, at: memory.launch.pointers, reading: values)
    }
  }

  /// Combines neighbours, then the neighbours of what is left, and so on, in place.
  private func emitTree(_ accumulation: Accumulation, _ count: IRValue) {
    _ = writer.when(writer.compare("icmp sgt", count, .i64(1))) {
      writer.repeatWhile(carrying: [.i64(1)]) { current in
        let distance = current[0]
        let next = writer.binary("shl nsw", distance, .i64(1))
        let end = writer.binary("sub nsw", count, distance)
        _ = writer.loop(from: .i64(0), to: end, step: next) { chunk, _ in
          let left = slots(of: chunk)
          let other = read(accumulation, from: slots(of: writer.add(chunk, distance)))
          write(accumulation.merged(read(accumulation, from: left), other), accumulation, to: left)
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

  private func write(_ states: [IRValue], _ accumulation: Accumulation, to slots: IRValue) {
    let reductions = accumulation.reductions
    for (slot, (value, dtype)) in zip(
      accumulation.resolved(states), reductions.flatMap(\.slotDTypes)
    ).enumerated() {
      let stored = writer.convert("zext", value, to: .memory(dtype))
      writer.store(stored, writer.address(slots, plus: .i64(slot), of: .i64), align: 8)
    }
  }

  private func read(_ accumulation: Accumulation, from slots: IRValue) -> [IRValue] {
    accumulation.reductions.flatMap(\.slotDTypes).enumerated().map { slot, dtype in
      let pointer = writer.address(slots, plus: .i64(slot), of: .i64)
      return writer.convert(
        "trunc", writer.load(.memory(dtype), pointer, align: 8), to: IRType(dtype))
    }
  }
}
