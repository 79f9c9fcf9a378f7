internal import Arrays
internal import KernelIR
internal import Scalars

/// Maps that read along another axis than they write.
///
/// A unit of the range is `Tiling.height` indices along the axis of the operands that lie across, and
/// all of the last axis. It is walked in tiles: those operands are transposed into a small buffer in
/// vectors, and the rows of the tile then read the buffer as if they had always lain so.
extension KernelEmitter {
  func emitTiles(_ tiling: Tiling, from begin: IRValue, to end: IRValue) {
    let last = kernel.outerCount - 1
    let cut = Cut(stages, of: kernel, along: last, for: target)
    let tile = TileEmitter(self, tiling, lanes: min(cut.lanes, tiling.height))
    let height = IRValue.i64(tiling.height)
    let extent = memory.launch.extents[tiling.axis]
    let blocks = writer.binary(
      "udiv", writer.add(extent, .i64(tiling.height - 1)), height)
    _ = writer.loop(from: begin, to: end) { unit, _ in
      let first = writer.multiply(writer.binary("urem", unit, blocks), height)
      var pointers = memory.advance(memory.launch.pointers, along: tiling.axis, by: first)
      var rest = writer.binary("udiv", unit, blocks)
      for axis in (0..<last).reversed() where axis != tiling.axis {
        let index = writer.binary("urem", rest, memory.launch.extents[axis])
        rest = writer.binary("udiv", rest, memory.launch.extents[axis])
        pointers = memory.advance(pointers, along: axis, by: index)
      }
      let rows = writer.call("llvm.smin.i64", [writer.binary("sub", extent, first), height], .i64)
      let isFull = writer.compare("icmp eq", rows, height)
      let index = writer.when(isFull, carrying: [.i64(0)]) { [tile.emitAll(at: pointers)] }[0]
      emitRest(from: index, rows, tiling, cut, at: pointers)
      return []
    }
    if kernel.storesPastCaches { emitFence() }
  }

  /// Writes what is left of a unit beside its tiles, row by row.
  private func emitRest(
    from index: IRValue, _ rows: IRValue, _ tiling: Tiling, _ cut: Cut, at pointers: [IRValue]
  ) {
    let last = kernel.outerCount - 1
    _ = writer.loop(from: .i64(0), to: rows) { row, _ in
      let segment = LoopEmitter.Segment(
        pointers: memory.advance(pointers, along: tiling.axis, by: row), axis: last, begin: index,
        end: memory.launch.extents[last], position: index)
      emitSegment(segment, cut)
      return []
    }
  }
}

/// Writes the tiles of a unit.
private struct TileEmitter {
  private let writer: IRWriter
  private let memory: MemoryEmitter
  private let tiling: Tiling
  private let last: Int
  private let strip: Strip
  /// Writes rows, for which the operands that lay across lie along.
  private let rows: KernelEmitter
  /// The buffer of each operand that lies across.
  private let buffers: [Int: IRValue]
  /// Whether aligned results are written past the caches.
  private let pastCaches: Bool

  /// The vectors of a tile's rows: long pieces of rows suit the memory.
  private static let units = 4

  init(_ emitter: KernelEmitter, _ tiling: Tiling, lanes: Int) {
    (writer, memory, self.tiling) = (emitter.writer, emitter.memory, tiling)
    last = emitter.kernel.outerCount - 1
    pastCaches = emitter.kernel.storesPastCaches
    let strip = Strip(lanes: lanes, units: Self.units)
    self.strip = strip
    rows = emitter.reading(tiling.accesses, along: last)
    buffers = Dictionary(
      uniqueKeysWithValues: tiling.accesses.map { access in
        let type = IRType.memory(emitter.memory.dtype(of: access))
        let count = tiling.height * strip.width
        return (
          access,
          emitter.writer.assign(.pointer, "alloca [\(count) x \(type.text)], align 64")
        )
      })
  }

  /// Writes all tiles of a unit and returns the index along the last axis that they end at.
  func emitAll(at pointers: [IRValue]) -> IRValue {
    guard pastCaches else { return emitTiles(strip, from: .i64(0), if: nil, at: pointers) }
    var stream = strip
    stream.isPastCaches = true
    let next = memory.advance(pointers, along: tiling.axis, by: .i64(1))
    let aligned = [pointers, next].map { memory.isAligned(rows.stores, at: $0, stream) }
    let index = emitTiles(
      stream, from: .i64(0), if: writer.binary("and", aligned[0], aligned[1]), at: pointers)
    return emitTiles(strip, from: index, if: nil, at: pointers)
  }

  private func emitTiles(
    _ strip: Strip, from index: IRValue, if condition: IRValue?, at pointers: [IRValue]
  ) -> IRValue {
    let extent = memory.launch.extents[last]
    let limit = writer.add(extent, .i64(1 - strip.width))
    let fits = writer.compare("icmp slt", index, limit)
    let enters = condition.map { writer.binary("and", fits, $0) } ?? fits
    return writer.when(enters, carrying: [index]) {
      writer.repeatWhile(carrying: [index]) { current in
        emitTile(strip, at: memory.advance(pointers, along: last, by: current[0]))
        let next = writer.add(current[0], .i64(strip.width))
        return ([next], writer.compare("icmp slt", next, limit))
      }
    }[0]
  }

  private func emitTile(_ strip: Strip, at pointers: [IRValue]) {
    for access in tiling.accesses { transpose(access, at: pointers[access]) }
    _ = writer.loop(from: .i64(0), to: .i64(tiling.height)) { row, _ in
      var places = memory.advance(pointers, along: tiling.axis, by: row)
      // The processor does not foresee so many rows at once.
      for access in rows.loads where memory.isContiguous(access, along: last) {
        let ahead = memory.advance(places[access], access, along: last, by: .i64(strip.width))
        memory.prefetch(access, from: ahead, strip)
      }
      for (access, buffer) in buffers {
        places[access] = writer.address(
          buffer, plus: writer.multiply(row, .i64(strip.width)),
          of: .memory(memory.dtype(of: access)))
      }
      rows.emitStages(
        0..., strip, at: places, along: last, rows.segmentScopes(at: places, strip.lanes),
        reading: [])
      return []
    }
  }

  /// Writes an operand's part of a tile to its buffer, in blocks of as many rows as lanes.
  private func transpose(_ access: Int, at pointer: IRValue) {
    let dtype = memory.dtype(of: access)
    let type = IRType.memory(dtype, lanes: strip.lanes)
    guard let buffer = buffers[access] else { return }
    _ = writer.loop(from: .i64(0), to: .i64(strip.width), step: .i64(strip.lanes)) { column, _ in
      let first = memory.advance(pointer, access, along: last, by: column)
      for row in stride(from: 0, to: tiling.height, by: strip.lanes) {
        let start = writer.address(first, plus: .i64(row), of: type)
        let vectors = (0..<strip.lanes).map { lane in
          let place = memory.advance(start, access, along: last, by: .i64(lane))
          memory.prefetch(memory.advance(place, access, along: last, by: .i64(strip.width)))
          return writer.load(type, place, align: dtype.byteCount)
        }
        let target = writer.address(buffer, plus: column, of: type)
        for (lane, vector) in writer.transposed(vectors, byteCount: dtype.byteCount).enumerated() {
          writer.store(
            vector, writer.address(target, plus: .i64((row + lane) * strip.width), of: type),
            align: dtype.byteCount)
        }
      }
      return []
    }
  }
}

extension IRWriter {
  /// The columns of a square of vectors.
  ///
  /// Shuffles within 16 bytes cost the least (on Zen 5, a quarter of a cycle and not 0.6), so squares of
  /// so many lanes come first, and then the square that these make.
  fileprivate func transposed(_ rows: [IRValue], byteCount: Int) -> [IRValue] {
    let inner = min(rows.count, max(1, 16 / byteCount))
    let groups = stride(from: 0, to: rows.count, by: inner).map {
      columns(Array(rows[$0..<$0 + inner]), unit: 1, span: inner)
    }
    let outer = (0..<inner).map { place in
      columns(groups.map { $0[place] }, unit: inner, span: rows.count)
    }
    return rows.indices.map { outer[$0 % inner][$0 / inner] }
  }

  /// The columns of squares that lie side by side, each of `span` lanes in pieces of `unit`: once the
  /// even pieces of two rows are put together, and the odd ones, either half of the rows is left.
  private func columns(_ rows: [IRValue], unit: Int, span: Int) -> [IRValue] {
    if rows.count == 1 { return rows }
    let halves = [0, 1].map { parity in
      columns(
        stride(from: 0, to: rows.count, by: 2).map {
          pieces(parity, of: rows[$0], rows[$0 + 1], unit: unit, span: span)
        }, unit: unit, span: span)
    }
    return rows.indices.map { halves[$0 % 2][$0 / 2] }
  }

  /// In each run of `span` lanes, the even or the odd ones of `a` and then those of `b`.
  private func pieces(
    _ parity: Int, of a: IRValue, _ b: IRValue, unit: Int, span: Int
  ) -> IRValue {
    let lanes = a.type.lanes
    var picks: [String] = []
    for run in stride(from: 0, to: lanes, by: span) {
      for source in [0, lanes] {
        for piece in stride(from: parity * unit, to: span, by: 2 * unit) {
          let first = source + run + piece
          picks += (first..<first + unit).map { "i32 \($0)" }
        }
      }
    }
    return assign(
      a.type,
      "shufflevector \(a.typed), \(b.typed), <\(lanes) x i32> <\(picks.joined(separator: ", "))>")
  }
}
