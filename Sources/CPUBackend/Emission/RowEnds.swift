internal import Arrays
internal import KernelIR
internal import Scalars

/// What comes once for each row after its last loop, such as the logarithm of a sum, for as many rows at a time
/// as vectors have lanes.
///
/// What the rows accumulate waits in buffers on the stack. The values are those that each row would have got
/// alone.
struct RowEnds {
  private let kernel: KernelEmitter
  /// Writes the stages with a row to a lane.
  private let turned: KernelEmitter
  /// The first stage after the last loop.
  let first: Int
  private let strip: Strip
  /// The buffer of each accumulator that the stages read.
  private let buffers: [Int: IRValue]

  /// The instructions from which on it is worth while. On Zen 4, one thread, for 262,144 float32 values, the
  /// logarithms of the sums of their exponentials take 121 µs and 98 in rows of 64, 56 and 53 in rows of 1,024;
  /// exponentials of half the logarithms of sums of squares 78 and 35, and 22 and 14.
  private static let leastLines = 12

  /// Nil where there is too little to do, or no axis for the lanes to lie along. Rows come `rows` at a time.
  init?(_ kernel: KernelEmitter, rows: Int = 1) {
    guard case .inner = kernel.lanes, kernel.kernel.outerCount > 0,
      let last = kernel.stages.lastIndex(where: \.stage.loops)
    else { return nil }
    let turned = kernel.turned([], width: 0)
    let stages = turned.stages[(last + 1)...]
    let lanes =
      kernel.target.vectorByteCount
      / StageProgram.laneByteCount(of: Array(stages), suitsNarrow: false)
    guard lanes > 1, lanes % rows == 0, stages.map(\.lineCount).reduce(0, +) >= Self.leastLines
    else { return nil }
    let read = stages.flatMap(\.stage.readAccumulators)
    let accumulators = kernel.kernel.accumulators
    buffers = Dictionary(
      uniqueKeysWithValues: Set(read).sorted().map { number in
        let type = IRType.memory(accumulators[number].valueDType)
        return (
          number, kernel.writer.assign(.pointer, "alloca [\(lanes) x \(type.text)], align 64")
        )
      })
    (self.kernel, self.turned, first) = (kernel, turned, last + 1)
    strip = Strip(lanes: lanes, units: 1)
  }

  /// Keeps what a row has accumulated.
  func keep(_ accumulators: [[IRValue]], of row: IRValue, in segment: LoopEmitter.Segment) {
    let writer = kernel.writer, slot = place(of: row, in: segment)
    for (number, buffer) in buffers.sorted(by: { $0.key < $1.key }) {
      let dtype = kernel.kernel.accumulators[number].valueDType
      let value = writer.convert("zext", accumulators[number][0], to: .memory(dtype))
      writer.store(
        value, writer.address(buffer, plus: slot, of: .memory(dtype)), align: dtype.byteCount)
    }
  }

  /// Writes the stages for the rows that wait, if they fill the lanes or `next`, the row after them, is the end.
  func finish(before next: IRValue, in segment: LoopEmitter.Segment) {
    let (writer, memory) = (kernel.writer, kernel.memory)
    let lanes = IRValue.i64(strip.lanes), axis = segment.axis
    let isFull = writer.compare("icmp eq", place(of: next, in: segment), .i64(0))
    _ = writer.when(isFull) {
      let start = memory.advance(
        segment.pointers, along: axis, by: writer.binary("sub nsw", next, lanes))
      turned.emitStages(
        first..., strip, at: start, along: axis,
        turned.segmentScopes(at: start, strip.lanes, from: first),
        reading: accumulators(at: .i64(0), lanes: strip.lanes))
      return []
    }
    let left = place(of: next, in: segment)
    let isEnd = writer.compare("icmp eq", next, segment.end)
    _ = writer.when(isEnd) {
      writer.loop(from: .i64(0), to: left) { row, _ in
        let place = writer.add(writer.binary("sub nsw", next, left), row)
        let pointers = memory.advance(segment.pointers, along: axis, by: place)
        let accumulators = accumulators(at: row, lanes: 1)
        for stage in kernel.stages.indices[first...] {
          kernel.emitPoint(stage, at: pointers, reading: accumulators)
        }
        return []
      }
    }
  }

  /// The place of a row among those that wait.
  private func place(of row: IRValue, in segment: LoopEmitter.Segment) -> IRValue {
    let writer = kernel.writer
    return writer.binary(
      "and", writer.binary("sub nsw", row, segment.begin), .i64(strip.lanes - 1))
  }

  /// What some rows have accumulated, as far as it is read.
  private func accumulators(at slot: IRValue, lanes: Int) -> [[IRValue]] {
    let writer = kernel.writer
    return kernel.kernel.accumulators.enumerated().map { number, accumulator in
      let dtype = accumulator.valueDType
      guard let buffer = buffers[number] else { return [IRValue(.zero(dtype), lanes: lanes)] }
      let pointer = writer.address(buffer, plus: slot, of: .memory(dtype))
      let value = writer.load(.memory(dtype, lanes: lanes), pointer, align: dtype.byteCount)
      return [writer.convert("trunc", value, to: IRType(dtype, lanes: lanes))]
    }
  }
}
