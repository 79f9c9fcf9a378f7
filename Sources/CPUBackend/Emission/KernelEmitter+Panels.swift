internal import Arrays
internal import KernelIR
internal import Scalars

/// Reductions of columns, whose every row lies far from the one before.
///
/// Read one strip after the other, all rows would be touched once for each strip, and each time at
/// another page of memory. So columns are taken in panels: a few rows of all strips of the panel, then
/// the next rows, while the states of all its columns wait in a buffer. The order of the sums of a
/// column stays the same. On Zen 3 the sums of 4,000 columns as long take 9.8 ms in strips and 3.4 in
/// panels, where reading them row by row takes 4.1: several rows at once are streams that the
/// processor follows side by side.
extension KernelEmitter {
  /// Whether the first stage, and no other, loops, and reads what panels suit.
  var hasPanels: Bool {
    guard kernel.isColumns, stages[0].stage.loops else { return false }
    return stages.dropFirst().allSatisfy { !$0.stage.loops }
      && stages[0].stage.loads.contains { memory.leavesLines($0, along: inner.upperBound - 1) }
  }

  /// Writes a run along the lane axis, panel by panel.
  func emitPanels(_ segment: LoopEmitter.Segment, _ cut: Cut, _ buffer: StateBuffer) {
    let scopes = segmentScopes(at: segment.pointers, cut.lanes)
    let width = IRValue.i64(buffer.columnCount)
    _ = writer.loop(from: segment.begin, to: segment.end, step: width) { begin, _ in
      var panel = segment
      panel.begin = begin
      panel.end = writer.call("llvm.smin.i64", [writer.add(begin, width), segment.end], .i64)
      emitPanel(panel, cut, buffer, scopes)
      return []
    }
  }

  /// Writes one panel: the rows in groups, and at the last of them what comes after the loop.
  private func emitPanel(
    _ panel: LoopEmitter.Segment, _ cut: Cut, _ buffer: StateBuffer, _ scopes: [Scope]
  ) {
    let count = loops.count(inner)
    // A single strip has nothing to take turns with.
    let isNarrow = writer.compare(
      "icmp sle", writer.binary("sub nsw", panel.end, panel.begin),
      .i64(cut.passes[0].strip.width))
    let rows = writer.select(isNarrow, count, .i64(Self.panelRows))
    _ = writer.repeatWhile(carrying: [.i64(0)]) { current in
      let row = current[0]
      let next = writer.call("llvm.smin.i64", [writer.add(row, rows), count], .i64)
      let isFirst = writer.compare("icmp eq", row, .i64(0))
      let isLast = writer.compare("icmp eq", next, count)
      emitSegment(panel, cut) { index, strip, pointers in
        let place = writer.binary("sub nsw", index, panel.begin)
        let accumulation = accumulation(0, lanes: strip.lanes, lanesAreJoined: false)
        let initial = accumulation.initial(strip, position: .i64(0))
        _ = writer.when(isFirst) {
          buffer.store(initial, at: place, strip)
          return []
        }
        let states = emitLoop(
          0, strip, from: row, to: next, at: pointers, scopes[0], accumulation,
          carrying: buffer.load(initial.map(\.type), at: place, strip), isNarrow: isNarrow)
        buffer.store(states, at: place, strip)
        _ = writer.when(isLast) {
          emitStages(
            1..., strip, at: pointers, along: panel.axis, scopes,
            reading: accumulation.values(states, lanes: strip.lanes))
          return []
        }
      }
      return ([next], writer.compare("icmp slt", next, count))
    }
  }

  /// The rows of a strip that are read before the next strip has its turn. On Zen 4 the sums of 4,000 columns
  /// as long take 0.98 times as long with ten as with eight on one thread, 0.92 on two.
  static let panelRows = 10
}

/// Memory on the stack for the states of a panel's columns.
struct StateBuffer {
  private let writer: IRWriter
  /// Where the first states of all vectors begin, then the second ones and so on, and the bytes of one
  /// lane: as many as vectors of any length need, of which single lanes may have other states.
  private let kinds: [(start: IRValue, laneByteCount: Int)]
  /// The most columns of a panel: whole strips.
  let columnCount: Int

  /// The bytes of all states.
  private static let byteCount = 1 << 16

  /// - Parameter states: The types of the states of one vector, with its lanes, for each length that
  ///   vectors have.
  init(_ states: [[(type: IRType, lanes: Int)]], stripWidth: Int, _ writer: IRWriter) {
    var laneByteCounts: [Int] = []
    for vector in states {
      for (kind, state) in vector.enumerated() {
        if kind == laneByteCounts.count { laneByteCounts.append(1) }
        let byteCount = state.type.bitCount / 8 / state.lanes
        laneByteCounts[kind] = max(laneByteCounts[kind], byteCount)
      }
    }
    let strips = Self.byteCount / max(1, laneByteCounts.reduce(0, +)) / stripWidth
    let columnCount = max(1, strips) * stripWidth
    kinds = laneByteCounts.map {
      (writer.assign(.pointer, "alloca [\(columnCount * $0) x i8], align 64"), $0)
    }
    (self.writer, self.columnCount) = (writer, columnCount)
  }

  /// Writes the states of the strip at column `index` of the panel.
  func store(_ states: [IRValue], at index: IRValue, _ strip: Strip) {
    for (number, state) in states.enumerated() {
      writer.store(state, place(number, of: states.count, at: index, strip), align: 1)
    }
  }

  /// Reads the states of a strip.
  func load(_ types: [IRType], at index: IRValue, _ strip: Strip) -> [IRValue] {
    types.enumerated().map { number, type in
      writer.load(type, place(number, of: types.count, at: index, strip), align: 1)
    }
  }

  /// Where a state of the flat list of a strip's states lies.
  private func place(
    _ number: Int, of count: Int, at index: IRValue, _ strip: Strip
  ) -> IRValue {
    let (unit, kind) = number.quotientAndRemainder(dividingBy: count / strip.units)
    let column = writer.add(index, .i64(unit * strip.lanes))
    let offset = writer.multiply(column, .i64(kinds[kind].laneByteCount))
    return writer.address(kinds[kind].start, plus: offset, of: IRType(.integer(8)))
  }
}
