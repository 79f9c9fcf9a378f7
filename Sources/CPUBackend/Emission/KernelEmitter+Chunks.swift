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
    if kernel.storesPastCaches { emitFence() }
  }

  /// Writes what combines the partial results of two chunks; or, where the second is number 0, the
  /// stages that do not loop, which read the first.
  func emitFinish() {
    let accumulation = accumulation(looping, lanes: 1, lanesAreJoined: true)
    let (left, right) = (IRValue("%left", .i64), IRValue("%right", .i64))
    let states = read(accumulation, from: slots(of: left))
    writer.when(writer.compare("icmp ne", right, .i64(0))) {
      let other = read(accumulation, from: slots(of: right))
      write(accumulation.merged(states, other), accumulation, to: slots(of: left))
    } else: {
      let values = accumulation.values(states, lanes: 1)
      for stage in stages.indices where !stages[stage].stage.loops {
        emitPoint(stage, at: memory.launch.pointers, reading: values)
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
