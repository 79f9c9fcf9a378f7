internal import Arrays
internal import KernelIR
internal import Scalars

/// Rows so short that vectors along them would have few lanes, and what a row costs would outweigh what its
/// elements do.
///
/// Some rows at a time are computed a row to a lane. What differs from row to row is transposed into buffers on
/// the stack, where the elements of one column lie side by side; results are transposed back. Of rows that are
/// missing from the last group the last row stands for each, and nothing is written.
extension KernelEmitter {
  func emitShortRows(from begin: IRValue, to end: IRValue) {
    let rows = ShortRows(self)
    _ = loops.segments(
      of: 0..<kernel.outerCount, from: begin, to: end, at: memory.launch.pointers
    ) { segment, _ in
      writer.loop(from: segment.begin, to: segment.end, step: .i64(rows.count)) { index, _ in
        rows.emit(
          left: writer.binary("sub nsw", segment.end, index),
          at: memory.advance(segment.pointers, along: segment.axis, by: index))
        return []
      }
    }
  }
}

/// Writes a group of short rows.
private struct ShortRows {
  /// The rows of a group.
  let count: Int
  private let writer: IRWriter
  private let memory: MemoryEmitter
  private let loops: LoopEmitter
  private let target: VectorTarget
  /// Writes the stages with a row to a lane.
  private let turned: KernelEmitter
  private let strip: Strip
  /// The axis that rows are numbered along, and that of their elements.
  private let outer: Int, inner: Int
  /// The buffer of each access that differs from row to row.
  private let buffers: [Int: IRValue]

  /// The groups from what is asked for, in the second cache, to what is read or written. On Zen 4, one thread, 64 MB:
  /// softmax of rows of 16 takes 13.9 ms without asking and 8.5 so, of rows of 40 20.9 and 12.6, or 15.6 where
  /// only what is read is asked for.
  private static let groupsAhead = 2

  /// The most columns of rows of which only so many are turned: squares would be empty for the most part. On one
  /// thread of Emerald Rapids the greatest of three float32 in 1,000,000 rows are found in 2.48 ms by squares and
  /// 1.42 so.
  private static let narrow = 4

  /// The vectors of rows: one waits for a sum while another is added to.
  private static let units = 2

  init(_ emitter: KernelEmitter) {
    let kernel = emitter.kernel
    (writer, memory, loops) = (emitter.writer, emitter.memory, emitter.loops)
    (target, outer, inner) = (emitter.target, kernel.outerCount - 1, kernel.outerCount)
    let accesses = kernel.accesses.indices.filter {
      kernel.accesses[$0].steps[kernel.outerCount - 1] != .broadcast
    }
    let stages = emitter.turned(accesses, width: 1).stages
    let laneByteCount = StageProgram.laneByteCount(of: stages, suitsNarrow: true)
    let strip = Strip(lanes: emitter.target.vectorByteCount / laneByteCount, units: Self.units)
    let count = strip.width
    turned = emitter.turned(accesses, width: count)
    buffers = Dictionary(
      uniqueKeysWithValues: accesses.map { access in
        let type = IRType.memory(emitter.memory.dtype(of: access))
        let squares = (Kernel.mostTransposedColumns + strip.lanes - 1) / strip.lanes
        let columns =
          kernel.accesses[access].steps[kernel.outerCount] == .broadcast
          ? 1 : squares * strip.lanes
        let array = "alloca [\(columns * count) x \(type.text)], align 64"
        return (access, emitter.writer.assign(.pointer, array))
      })
    (self.strip, self.count) = (strip, count)
  }

  /// Writes the group at the head of so many rows that are left, at least one.
  func emit(left: IRValue, at pointers: [IRValue]) {
    let rows = writer.call("llvm.smin.i64", [left, .i64(count)], .i64)
    let buffers = buffers.sorted { $0.key < $1.key }
    var pointers = (outside: pointers, inside: pointers)
    for (access, buffer) in buffers {
      pointers.inside[access] = buffer
      if isRead(access) { read(access, rows: rows, at: pointers.outside[access], to: buffer) }
    }
    let scopes = turned.segmentScopes(at: pointers.inside, strip.lanes)
    turned.emitStages(0..., strip, at: pointers.inside, along: outer, scopes, reading: [])
    let isFull = writer.compare("icmp eq", rows, .i64(count))
    for (access, buffer) in buffers where turned.stores.contains(access) {
      let first = pointers.outside[access]
      guard isAlong(access) else {
        let writeOne = {
          write(access, from: buffer, rows: rows, columns: (.i64(0), .i64(1)), to: first)
        }
        guard memory.isContiguous(access, along: outer) else {
          writeOne()
          continue
        }
        writer.when(isFull) {
          writeVectors(access, from: buffer, to: first)
        } else: {
          writeOne()
        }
        continue
      }
      let all = memory.launch.extents[inner]
      writer.when(isFull) {
        let whole = writeSquares(access, from: buffer, to: first)
        write(access, from: buffer, rows: rows, columns: (whole, all), to: first)
      } else: {
        write(access, from: buffer, rows: rows, columns: (.i64(0), all), to: first)
      }
    }
  }

  /// Whether an access differs from element to element of a row.
  private func isAlong(_ access: Int) -> Bool {
    memory.kernel.accesses[access].steps[inner] != .broadcast
  }

  /// Whether something is read through an access before the kernel has written it.
  private func isRead(_ access: Int) -> Bool {
    let users = turned.stages.map(\.stage).first { $0.accesses.contains(access) }
    return users?.loads.contains(access) == true
  }

  private func slot(
    _ buffer: IRValue, _ access: Int, column: IRValue, row: IRValue = .i64(0)
  ) -> IRValue {
    let place = writer.add(writer.multiply(column, .i64(count)), row)
    return writer.address(buffer, plus: place, of: .memory(memory.dtype(of: access)))
  }

  /// Fills the buffer of an access from so many rows.
  private func read(_ access: Int, rows: IRValue, at pointer: IRValue, to buffer: IRValue) {
    let dtype = memory.dtype(of: access), lanes = strip.lanes
    let columns = isAlong(access) ? memory.launch.extents[inner] : .i64(1)
    let isMasked = target.narrowestMasked <= dtype.byteCount
    let last = writer.add(rows, .i64(-1))
    forSquares(rows: count) { first in
      let starts = (0..<lanes).map { lane in
        let row = writer.call("llvm.smin.i64", [writer.add(first, .i64(lane)), last], .i64)
        return memory.advance(pointer, access, along: outer, by: row)
      }
      var end = IRValue.i64(0)
      if isAlong(access) {
        end = isMasked ? columns : writer.binary("and", columns, .i64(-lanes))
        forSquares(columns: end, canBeNarrow: isMasked) { column, mask in
          let isNarrow = mask.type.lanes < lanes
          let vectors = starts.enumerated().map { row, start in
            let place = memory.advance(start, access, along: inner, by: column)
            if !isNarrow || row.isMultiple(of: Self.narrow) { askAhead(access, of: place) }
            return isMasked
              ? memory.load(access, at: place, masked: mask)
              : writer.load(.memory(dtype, lanes: lanes), place, align: dtype.byteCount)
          }
          let turned =
            isNarrow
            ? writer.transposedShort(vectors)
            : writer.transposed(vectors, byteCount: dtype.byteCount)
          for (lane, vector) in turned.enumerated() {
            let slot = slot(buffer, access, column: writer.add(column, .i64(lane)), row: first)
            writer.store(vector, slot, align: dtype.byteCount)
          }
        }
        if isMasked { return }
      }
      _ = writer.loop(from: end, to: columns) { column, _ in
        for (lane, start) in starts.enumerated() {
          let place = memory.advance(start, access, along: inner, by: column)
          let element = writer.load(.memory(dtype), place, align: dtype.byteCount)
          let slot = slot(buffer, access, column: column, row: writer.add(first, .i64(lane)))
          writer.store(element, slot, align: dtype.byteCount)
        }
        return []
      }
    }
  }

  /// Writes a whole group of rows from a buffer but for the last columns, where lanes cannot be switched off
  /// fast, and returns how many columns it wrote.
  private func writeSquares(_ access: Int, from buffer: IRValue, to start: IRValue) -> IRValue {
    let dtype = memory.dtype(of: access), lanes = strip.lanes
    let all = memory.launch.extents[inner]
    let end = target.hasMaskRegisters ? all : writer.binary("and", all, .i64(-lanes))
    forSquares(rows: count) { first in
      let start = memory.advance(start, access, along: outer, by: first)
      forSquares(columns: end, canBeNarrow: target.hasMaskRegisters) { column, mask in
        let columns = (0..<mask.type.lanes).map { lane in
          writer.load(
            .memory(dtype, lanes: lanes),
            slot(buffer, access, column: writer.add(column, .i64(lane)), row: first),
            align: dtype.byteCount)
        }
        let isNarrow = mask.type.lanes < lanes
        let rows =
          isNarrow
          ? writer.untransposedShort(columns)
          : writer.transposed(columns, byteCount: dtype.byteCount)
        for (lane, vector) in rows.enumerated() {
          let row = memory.advance(start, access, along: outer, by: .i64(lane))
          let place = memory.advance(row, access, along: inner, by: column)
          if !isNarrow || lane.isMultiple(of: Self.narrow) { askAhead(access, of: place) }
          if target.hasMaskRegisters {
            memory.store(vector, access, at: place, masked: mask)
          } else {
            writer.store(vector, place, align: dtype.byteCount)
          }
        }
      }
    }
    return end
  }

  /// Writes a whole group of rows of one element each, which lie side by side in memory too.
  private func writeVectors(_ access: Int, from buffer: IRValue, to start: IRValue) {
    let dtype = memory.dtype(of: access)
    let type = IRType.memory(dtype, lanes: strip.lanes)
    for row in stride(from: 0, to: count, by: strip.lanes) {
      let vector = writer.load(
        type, slot(buffer, access, column: .i64(0), row: .i64(row)), align: dtype.byteCount)
      let place = memory.advance(start, access, along: outer, by: .i64(row))
      writer.store(vector, place, align: dtype.byteCount)
    }
  }

  /// Asks for the element of a later group that is at the place of this one.
  private func askAhead(_ access: Int, of place: IRValue) {
    guard memory.kernel.readsAhead else { return }
    let rows = IRValue.i64(Self.groupsAhead * count)
    memory.prefetch(memory.advance(place, access, along: outer, by: rows), level: 2)
  }

  /// Writes some columns of the first `rows` rows of a group from a buffer, element by element.
  private func write(
    _ access: Int, from buffer: IRValue, rows: IRValue, columns: (first: IRValue, end: IRValue),
    to start: IRValue
  ) {
    let dtype = memory.dtype(of: access)
    _ = writer.loop(from: .i64(0), to: rows) { row, _ in
      let line = memory.advance(start, access, along: outer, by: row)
      let head = writer.address(buffer, plus: row, of: .memory(dtype))
      return writer.loop(from: columns.first, to: columns.end) { column, _ in
        let slot = slot(head, access, column: column)
        writer.store(
          writer.load(.memory(dtype), slot, align: dtype.byteCount),
          memory.advance(line, access, along: inner, by: column), align: dtype.byteCount)
        return []
      }
    }
  }

  /// Writes `body` for the first of every few rows, as many as vectors have lanes.
  private func forSquares(rows: Int, _ body: (_ first: IRValue) -> Void) {
    _ = writer.loop(from: .i64(0), to: .i64(rows), step: .i64(strip.lanes)) { first, _ in
      body(first)
      return []
    }
  }

  /// Writes `body` for the first of as many columns below `end`, and which of them there are; where all of them can
  /// be fewer than lanes, once more for those.
  private func forSquares(
    columns end: IRValue, canBeNarrow: Bool, _ body: (_ first: IRValue, _ mask: IRValue) -> Void
  ) {
    guard canBeNarrow, strip.lanes > Self.narrow else { return forWideSquares(columns: end, body) }
    writer.when(writer.compare("icmp sle", end, .i64(Self.narrow))) {
      body(.i64(0), loops.mask(of: end, lanes: Self.narrow))
    } else: {
      forWideSquares(columns: end, body)
    }
  }

  private func forWideSquares(
    columns end: IRValue, _ body: (_ first: IRValue, _ mask: IRValue) -> Void
  ) {
    _ = writer.loop(from: .i64(0), to: end, step: .i64(strip.lanes)) { first, _ in
      let left = writer.binary("sub nsw", end, first)
      let there = writer.call("llvm.smin.i64", [left, .i64(strip.lanes)], .i64)
      body(first, loops.mask(of: there, lanes: strip.lanes))
      return []
    }
  }
}
