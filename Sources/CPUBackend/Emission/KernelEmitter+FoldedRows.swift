internal import Arrays
internal import KernelIR
internal import Scalars

/// Maps over rows so short that vectors along them would have few lanes.
///
/// Some rows at a time are computed as one: their elements lie side by side in memory, or in a buffer on the stack.
extension KernelEmitter {
  func emitFoldedRows(_ folding: Folding, from begin: IRValue, to end: IRValue) {
    let rows = FoldedRows(self, folding)
    _ = loops.segments(
      of: 0..<(kernel.outerCount - 1), from: begin, to: end, at: memory.launch.pointers
    ) { segment, _ in
      rows.emit(segment)
      return []
    }
    if kernel.storesPastCaches { emitFence() }
  }
}

/// Writes the long rows of a run of short ones.
private struct FoldedRows {
  private let writer: IRWriter
  private let memory: MemoryEmitter
  /// Writes long rows.
  private let long: KernelEmitter
  private let cut: Cut
  /// The axis that rows are numbered along, and that of their elements.
  private let across: Int, along: Int
  /// The elements of a row, and the most rows of a long one.
  private let columns: IRValue, mostRows: IRValue
  /// The accesses that wait, each with the address of its buffer.
  private let buffers: [(access: Int, buffer: IRValue)]

  init(_ emitter: KernelEmitter, _ folding: Folding) {
    let kernel = emitter.kernel
    (writer, memory) = (emitter.writer, emitter.memory)
    (across, along) = (kernel.outerCount - 2, kernel.outerCount - 1)
    long = emitter.folded(folding)
    cut = Cut(
      long.stages, of: long.kernel, along: along, for: emitter.target,
      pastCaches: kernel.storesPastCaches)
    columns = memory.launch.extents[along]
    let fitting = writer.binary("udiv", .i64(Folding.length), columns)
    mostRows = writer.binary("and", fitting, .i64(-Folding.rowUnit))
    // A vector that begins in the last row may end beyond it.
    buffers = folding.waiting.map { access in
      let dtype = emitter.memory.dtype(of: access), type = IRType.memory(dtype)
      let length = Folding.length + Folding.lanes(of: dtype)
      let array = "alloca [\(length) x \(type.text)], align 64"
      return (access, emitter.writer.assign(.pointer, array))
    }
  }

  func emit(_ segment: LoopEmitter.Segment) {
    let left = writer.binary("sub nsw", segment.end, segment.begin)
    let most = writer.call("llvm.smin.i64", [left, mostRows], .i64)
    for (access, buffer) in buffers where isSame(access) {
      repeatRow(access, rows: most, at: segment.pointers[access], in: buffer)
    }
    _ = writer.loop(from: segment.begin, to: segment.end, step: mostRows) { index, _ in
      let left = writer.binary("sub nsw", segment.end, index)
      let rows = writer.call("llvm.smin.i64", [left, mostRows], .i64)
      var pointers = memory.advance(segment.pointers, along: across, by: index)
      for (access, buffer) in buffers {
        if !isSame(access) { repeatElements(access, rows: rows, at: pointers[access], in: buffer) }
        pointers[access] = buffer
      }
      let all = LoopEmitter.Segment(
        pointers: pointers, axis: along, begin: .i64(0), end: writer.multiply(rows, columns),
        position: .i64(0))
      long.emitSegment(all, cut)
      return []
    }
  }

  /// Whether an access is the same for all rows.
  private func isSame(_ access: Int) -> Bool {
    memory.kernel.accesses[access].steps[across] == .broadcast
  }

  /// Fills a buffer with as many copies of a row.
  private func repeatRow(_ access: Int, rows: IRValue, at pointer: IRValue, in buffer: IRValue) {
    let dtype = memory.dtype(of: access), type = IRType.memory(dtype)
    forRows(rows, access, of: buffer) { _, line in
      _ = writer.loop(from: .i64(0), to: columns) { column, _ in
        let element = writer.load(
          type, writer.address(pointer, plus: column, of: type), align: dtype.byteCount)
        writer.store(
          element, writer.address(line, plus: column, of: type), align: dtype.byteCount)
        return []
      }
    }
  }

  /// Fills rows of a buffer, a vector each, with copies of an element. What goes beyond a row is overwritten by the
  /// next.
  private func repeatElements(
    _ access: Int, rows: IRValue, at pointer: IRValue, in buffer: IRValue
  ) {
    let dtype = memory.dtype(of: access), type = IRType.memory(dtype)
    forRows(rows, access, of: buffer) { row, line in
      let place = memory.advance(pointer, access, along: across, by: row)
      let element = writer.load(type, place, align: dtype.byteCount)
      let vector = writer.splat(element, lanes: Folding.lanes(of: dtype))
      writer.store(vector, line, align: dtype.byteCount)
    }
  }

  /// Writes `body` for each of so many rows, with its address in a buffer.
  private func forRows(
    _ rows: IRValue, _ access: Int, of buffer: IRValue,
    _ body: (_ row: IRValue, _ line: IRValue) -> Void
  ) {
    _ = writer.loop(from: .i64(0), to: rows) { row, _ in
      let first = writer.multiply(row, columns)
      body(row, writer.address(buffer, plus: first, of: .memory(memory.dtype(of: access))))
      return []
    }
  }
}
