internal import Arrays
internal import KernelIR
internal import Scalars

/// Maps that read along another axis than they write.
///
/// A unit of the range is `Tiling.height` indices along the axis of the operands that lie across, and
/// all of the last axis. A few units at a time are walked in tiles: those operands are transposed into
/// a buffer in vectors, and the rows of the tile then read the buffer as if they had always lain so.
///
/// What comes next is asked for in the second cache: lines of rows far apart share places in the first,
/// and are gone before their turn. On Zen 4 twice a transpose plus a matrix takes 10.7 ms at 4,000 rows
/// and columns of float32 in tiles of 64 rows by 512 bytes, asked for in the first cache, and 6.6 in
/// these; 12.1 and 10.5 at 4,096, 2.4 and 1.6 at 2,048, and 15 either way at 4,001. Of float64 it takes
/// 17.7 and 11.7 at 4,000, but 26.5 and 27.4 at 4,001.
extension KernelEmitter {
  func emitTiles(_ tiling: Tiling, from begin: IRValue, to end: IRValue) {
    let last = kernel.outerCount - 1
    let cut = Cut(stages, of: kernel, along: last, for: target)
    let tile = TileEmitter(self, tiling, lanes: min(cut.lanes, tiling.height))
    let height = IRValue.i64(tiling.height)
    let extent = memory.launch.extents[tiling.axis]
    let blocks = writer.binary("udiv", writer.add(extent, .i64(tiling.height - 1)), height)
    _ = writer.when(writer.compare("icmp slt", begin, end)) {
      _ = writer.repeatWhile(carrying: [begin]) { current in
        let unit = current[0]
        let block = writer.binary("urem", unit, blocks)
        let left = [writer.binary("sub", end, unit), writer.binary("sub", blocks, block)]
        let count = left.reduce(tile.mostUnits) {
          writer.call("llvm.smin.i64", [$0, $1], .i64)
        }
        let first = writer.multiply(block, height)
        var pointers = memory.advance(memory.launch.pointers, along: tiling.axis, by: first)
        var rest = writer.binary("udiv", unit, blocks)
        for axis in (0..<last).reversed() where axis != tiling.axis {
          let index = writer.binary("urem", rest, memory.launch.extents[axis])
          rest = writer.binary("udiv", rest, memory.launch.extents[axis])
          pointers = memory.advance(pointers, along: axis, by: index)
        }
        let rows = writer.call(
          "llvm.smin.i64", [writer.binary("sub", extent, first), writer.multiply(count, height)],
          .i64)
        let tiled = writer.binary("and", rows, .i64(-tiling.height))
        let hasTiles = writer.compare("icmp sgt", tiled, .i64(0))
        let index = writer.when(hasTiles, carrying: [.i64(0)]) {
          [tile.emitAll(rows: tiled, at: pointers)]
        }[0]
        emitRest(of: rows, besides: tiled, index, tiling, cut, at: pointers)
        let next = writer.add(unit, count)
        return ([next], writer.compare("icmp slt", next, end))
      }
      return []
    }
    if kernel.storesPastCaches { emitFence() }
  }

  /// Writes row by row what the tiles of the first `tiled` of the `rows` leave, which end at `index`
  /// along the last axis.
  private func emitRest(
    of rows: IRValue, besides tiled: IRValue, _ index: IRValue, _ tiling: Tiling, _ cut: Cut,
    at pointers: [IRValue]
  ) {
    let last = kernel.outerCount - 1
    _ = writer.loop(from: .i64(0), to: rows) { row, _ in
      let begin = writer.select(writer.compare("icmp slt", row, tiled), index, .i64(0))
      let segment = LoopEmitter.Segment(
        pointers: memory.advance(pointers, along: tiling.axis, by: row), axis: last, begin: begin,
        end: memory.launch.extents[last], position: begin)
      emitSegment(segment, cut)
      return []
    }
  }
}

/// Writes the tiles of a few units.
private struct TileEmitter {
  /// The most units of a tile.
  let mostUnits: IRValue
  private let writer: IRWriter
  private let memory: MemoryEmitter
  private let tiling: Tiling
  private let last: Int
  private let strip: Strip
  /// The most columns of a tile: some strips.
  private let mostColumns: Int
  /// Writes rows, for which the operands that lay across lie along.
  private let rows: KernelEmitter
  /// The buffer of each operand that lies across.
  private let buffers: [Int: IRValue]
  /// Whether aligned results are written past the caches.
  private let pastCaches: Bool

  /// The vectors of a strip: long pieces of rows suit the memory.
  private static let units = 4
  /// The rows of a tile: two lines of the widest operand where the operands that lie across are read in
  /// whole lines, and the most where tiles that lie side by side share lines.
  private static let lineBytes = 64, tileLines = 2, mostRows = 64
  /// The bytes of a row in one buffer, and in all buffers, which are on the stack.
  private static let rowBytes = 256, mostRowBytes = 2048
  /// The columns between what is asked for and what is read: of operands that lie across, which is as
  /// many lines further down, and at least of those that lie along.
  private static let columnsAhead = 64, columnsAheadAlong = 128

  init(_ emitter: KernelEmitter, _ tiling: Tiling, lanes: Int) {
    (writer, memory, self.tiling) = (emitter.writer, emitter.memory, tiling)
    last = emitter.kernel.outerCount - 1
    pastCaches = emitter.kernel.storesPastCaches
    let strip = Strip(lanes: lanes, units: Self.units)
    self.strip = strip
    rows = emitter.reading(tiling.accesses, along: last)

    let accesses = tiling.accesses
    let widest = accesses.map { emitter.memory.dtype(of: $0).byteCount }.max() ?? 8
    let rowBytes = min(Self.rowBytes, Self.mostRowBytes / max(1, accesses.count))
    let mostColumns = max(1, rowBytes / widest / strip.width) * strip.width
    self.mostColumns = mostColumns
    let mostRows = max(Self.mostRows, tiling.height)
    let fewRows = min(max(Self.tileLines * Self.lineBytes / widest, tiling.height), mostRows)
    mostUnits = writer.select(
      Self.haveWholeLines(accesses, along: last, emitter.memory),
      .i64(fewRows / tiling.height), .i64(mostRows / tiling.height))
    buffers = Dictionary(
      uniqueKeysWithValues: accesses.map { access in
        let type = IRType.memory(emitter.memory.dtype(of: access))
        let array = "alloca [\(mostRows * mostColumns) x \(type.text)], align 64"
        return (access, emitter.writer.assign(.pointer, array))
      })
  }

  /// Whether each step along `axis` of some accesses leads from the start of a cache line to that of
  /// another.
  private static func haveWholeLines(
    _ accesses: [Int], along axis: Int, _ memory: MemoryEmitter
  ) -> IRValue {
    let (writer, launch) = (memory.writer, memory.launch)
    let offsets = accesses.flatMap { access in
      let byteCount = IRValue.i64(memory.dtype(of: access).byteCount)
      return [
        writer.convert("ptrtoint", launch.pointers[access], to: .i64),
        writer.multiply(launch.strides[access][axis], byteCount),
      ]
    }
    let all = offsets.reduce(.i64(0)) { writer.binary("or", $0, $1) }
    return writer.compare("icmp eq", writer.binary("and", all, .i64(lineBytes - 1)), .i64(0))
  }

  /// Writes all tiles of so many rows, whole units, and returns the index along the last axis that
  /// they end at. Results go past the caches where those of all rows lie aligned.
  func emitAll(rows count: IRValue, at pointers: [IRValue]) -> IRValue {
    var strip = strip
    if pastCaches { strip.isAligned = memory.isAligned(rows.stores, at: pointers, strip) }
    let extent = memory.launch.extents[last]
    let limit = writer.add(extent, .i64(1 - strip.width))
    return writer.when(writer.compare("icmp slt", .i64(0), limit), carrying: [.i64(0)]) {
      writer.repeatWhile(carrying: [.i64(0)]) { current in
        let left = writer.binary("sub", extent, current[0])
        let columns = writer.call(
          "llvm.smin.i64",
          [writer.binary("and", left, .i64(-strip.width)), .i64(mostColumns)], .i64)
        emitTile(strip, count, columns, at: memory.advance(pointers, along: last, by: current[0]))
        let next = writer.add(current[0], columns)
        return ([next], writer.compare("icmp slt", next, limit))
      }
    }[0]
  }

  /// Writes a tile of whole units by whole strips.
  private func emitTile(
    _ strip: Strip, _ rowCount: IRValue, _ columnCount: IRValue, at pointers: [IRValue]
  ) {
    for access in tiling.accesses { transpose(access, rowCount, columnCount, at: pointers[access]) }
    _ = writer.loop(from: .i64(0), to: rowCount) { row, _ in
      let starts = memory.advance(pointers, along: tiling.axis, by: row)
      let scopes = rows.segmentScopes(at: starts, strip.lanes)
      let first = writer.multiply(row, .i64(mostColumns))
      _ = writer.loop(from: .i64(0), to: columnCount, step: .i64(strip.width)) { column, _ in
        var places = memory.advance(starts, along: last, by: column)
        for access in rows.loads where memory.isContiguous(access, along: last) {
          let columns = max(Self.columnsAheadAlong, 2 * mostColumns)
          memory.prefetch(access, at: places[access], ahead: .i64(columns), strip)
        }
        for (access, buffer) in buffers.sorted(by: { $0.key < $1.key }) {
          places[access] = writer.address(
            buffer, plus: writer.add(first, column), of: .memory(memory.dtype(of: access)))
        }
        rows.emitStages(0..., strip, at: places, along: last, scopes, reading: [])
        return []
      }
      return []
    }
  }

  /// Writes an operand's part of a tile to its buffer, in squares of as many rows as lanes.
  private func transpose(
    _ access: Int, _ rowCount: IRValue, _ columnCount: IRValue, at pointer: IRValue
  ) {
    let dtype = memory.dtype(of: access)
    let type = IRType.memory(dtype, lanes: strip.lanes)
    guard let buffer = buffers[access] else { return }
    _ = writer.loop(from: .i64(0), to: columnCount, step: .i64(strip.lanes)) { column, _ in
      let above = memory.advance(pointer, access, along: last, by: column)
      _ = writer.loop(from: .i64(0), to: rowCount, step: .i64(tiling.height)) { block, _ in
        let first = writer.address(above, plus: block, of: .memory(dtype))
        let left = writer.add(writer.multiply(block, .i64(mostColumns)), column)
        let target = writer.address(buffer, plus: left, of: .memory(dtype))
        for row in stride(from: 0, to: tiling.height, by: strip.lanes) {
          let start = writer.address(first, plus: .i64(row), of: type)
          let vectors = (0..<strip.lanes).map { lane in
            let place = memory.advance(start, access, along: last, by: .i64(lane))
            if row * dtype.byteCount % Self.lineBytes == 0 {
              let ahead = memory.advance(place, access, along: last, by: .i64(Self.columnsAhead))
              memory.prefetch(ahead, level: 2)
            }
            return writer.load(type, place, align: dtype.byteCount)
          }
          let columns = writer.transposed(vectors, byteCount: dtype.byteCount)
          for (lane, vector) in columns.enumerated() {
            let slot = writer.address(target, plus: .i64((row + lane) * mostColumns), of: type)
            writer.store(vector, slot, align: dtype.byteCount)
          }
        }
        return []
      }
      return []
    }
  }
}
