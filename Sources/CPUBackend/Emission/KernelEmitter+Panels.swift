internal import Arrays
internal import KernelIR
internal import Scalars

/// Programs of columns, whose every row lies far from the one before.
///
/// Read one strip after the other, all rows would be touched once for each strip, and each time at
/// another page of memory. So columns are taken in panels: a few rows of all strips of the panel, then
/// the next rows, while the states of all its columns wait in buffers; and so again for each further loop.
/// The order of the sums of a column stays the same. On Zen 3 the sums of 4,000 columns as long take 9.8 ms in
/// strips and 3.4 in panels, where reading them row by row takes 4.1: several rows at once are streams that the
/// processor follows side by side.
extension KernelEmitter {
  /// Whether the first stage loops, and reads what panels suit.
  var hasPanels: Bool {
    kernel.isColumns && stages[0].stage.loops
      && stages[0].stage.loads.contains { memory.leavesLines($0, along: inner.upperBound - 1) }
  }

  /// The stages that loop.
  private var loopStages: [Int] { stages.indices.filter { stages[$0].stage.loops } }

  /// Returns the memory for what the columns of a panel accumulate and compute in each loop.
  func panelBuffers(_ cut: Cut) -> PanelBuffers {
    let lengths = Set(cut.passes.map(\.strip.lanes)).sorted()
    let kept = loopStages.map(columnValues)
    let states = loopStages.map { stage in
      lengths.map { lanes in
        accumulation(stage, lanes: lanes, lanesAreJoined: false)
          .initial(lanes: lanes, position: .i64(0)).map { (type: $0.type, lanes: lanes) }
      }
    }
    let values = zip(loopStages, kept).map { stage, kept in
      lengths.map { lanes in
        kept.map {
          (type: IRType(stages[stage].program.dtype(of: $0), lanes: lanes), lanes: lanes)
        }
      }
    }
    let share = (states + values).count { !$0.allSatisfy(\.isEmpty) }
    func buffer(_ types: [[(type: IRType, lanes: Int)]]) -> StateBuffer? {
      types.allSatisfy(\.isEmpty)
        ? nil : StateBuffer(types, stripWidth: cut.passes[0].strip.width, share: share, writer)
    }
    return PanelBuffers(
      loops: loopStages.indices.map {
        .init(
          stage: loopStages[$0], states: buffer(states[$0]), values: buffer(values[$0]),
          operands: kept[$0])
      })
  }

  /// What a stage after another loop computes once for a column and uses in every row, such as the inverse of a
  /// sum; nothing where that may not wait in memory.
  private func columnValues(_ stage: Int) -> [LaneProgram.Operand] {
    guard stage != loopStages.first else { return [] }
    let program = stages[stage]
    let points = program.program.lines.indices.filter {
      program.lines[$0].level == .point && program.needed.contains(.line($0))
    }
    let used =
      points.flatMap { program.program.lines[$0].operands }
      + program.stage.stores.map { program.program.results[$0.result] }
      + program.stage.accumulators.map { program.program.results[$0.result] }
      + program.counted.compactMap(\.self)
    let values = Set(used.filter { program.fact(of: $0).level == .strip })
    let mayWait = values.allSatisfy {
      !program.fact(of: $0).isUniform && program.program.dtype(of: $0) != .bool
    }
    guard mayWait else { return [] }
    let lines = program.program.lines.indices.map { LaneProgram.Operand.line($0) }
    let inputs = program.inputs.indices.map { LaneProgram.Operand.input($0) }
    return (inputs + lines).filter(values.contains)
  }

  /// Writes a run along the lane axis, panel by panel.
  func emitPanels(_ segment: LoopEmitter.Segment, _ cut: Cut, _ buffers: PanelBuffers) {
    let scopes = segmentScopes(at: segment.pointers, cut.lanes)
    let stripWidth = cut.passes[0].strip.width
    let width = panelWidth(atMost: buffers.columnCount ?? stripWidth, stripWidth: stripWidth)
    _ = writer.loop(from: segment.begin, to: segment.end, step: width) { begin, _ in
      var panel = segment
      panel.begin = begin
      panel.end = writer.call("llvm.smin.i64", [writer.add(begin, width), segment.end], .i64)
      emitPanel(panel, cut, buffers, scopes)
      return []
    }
  }

  /// The columns of a panel: as many as there are buffers for if each is read once, or else as many as a
  /// cache holds until the next loop.
  private func panelWidth(atMost most: Int, stripWidth: Int) -> IRValue {
    guard loopStages.count > 1 else { return .i64(most) }
    let count = loops.count(inner)
    let touched = Set(loopStages.flatMap { stages[$0].stage.accesses })
      .filter { kernel.accesses[$0].steps[inner.upperBound - 1] != .broadcast }
    let rowBytes = touched.map { memory.dtype(of: $0).byteCount }.reduce(0, +) * stripWidth
    let bytes = writer.multiply(
      writer.call("llvm.smax.i64", [count, .i64(1)], .i64), .i64(max(rowBytes, 1)))
    let strips = writer.binary("sdiv", .i64(Self.panelByteCount), bytes)
    let fitting = writer.call(
      "llvm.smin.i64", [writer.multiply(strips, .i64(stripWidth)), .i64(most)], .i64)
    let isShort = writer.compare("icmp sle", count, .i64(Self.shortColumn))
    return writer.select(
      isShort, .i64(stripWidth),
      writer.call("llvm.smax.i64", [fitting, .i64(stripWidth)], .i64))
  }

  /// Writes one panel: for each loop the rows in groups, and at the last of them what comes after the loop.
  private func emitPanel(
    _ panel: LoopEmitter.Segment, _ cut: Cut, _ buffers: PanelBuffers, _ scopes: [Scope]
  ) {
    let count = loops.count(inner)
    // A single strip has nothing to take turns with.
    let isNarrow = writer.compare(
      "icmp sle", writer.binary("sub nsw", panel.end, panel.begin),
      .i64(cut.passes[0].strip.width))
    let unasked = unaskedRows
    let rows = writer.select(isNarrow, count, .i64(unasked ?? Self.panelRows))
    for loop in buffers.loops {
      _ = writer.repeatWhile(carrying: [.i64(0)]) { current in
        let row = current[0]
        let end = writer.call("llvm.smin.i64", [writer.add(row, rows), count], .i64)
        let group = PanelGroup(
          axis: panel.axis, row: row, end: end, isFirst: writer.compare("icmp eq", row, .i64(0)),
          isLast: writer.compare("icmp eq", end, count), isNarrow: isNarrow,
          asksAhead: unasked == nil)
        emitSegment(panel, cut) { index, strip, pointers in
          emitGroup(
            group, of: loop, strip, at: pointers,
            column: writer.binary("sub nsw", index, panel.begin), buffers, scopes)
        }
        return ([end], writer.compare("icmp slt", end, count))
      }
    }
  }

  /// Writes a stage's loop over a group of rows of a strip, whose first column is number `column` of the panel;
  /// and after the last group the stages before the next loop.
  private func emitGroup(
    _ group: PanelGroup, of loop: PanelBuffers.Loop, _ strip: Strip, at pointers: [IRValue],
    column: IRValue, _ buffers: PanelBuffers, _ scopes: [Scope]
  ) {
    let stage = loop.stage
    func accumulation(_ stage: Int) -> Accumulation {
      self.accumulation(stage, lanes: strip.lanes, lanesAreJoined: false)
    }
    func accumulators(before stage: Int) -> [[IRValue]] {
      buffers.loops.prefix { $0.stage < stage }.flatMap { earlier -> [[IRValue]] in
        guard let buffer = earlier.states else { return [] }
        let accumulation = accumulation(earlier.stage)
        let types = accumulation.initial(strip, position: .i64(0)).map(\.type)
        return accumulation.values(buffer.load(types, at: column, strip), lanes: strip.lanes)
      }
    }
    let own = accumulation(stage), initial = own.initial(strip, position: .i64(0))
    let kept = loop.operands, program = stages[stage].program
    let emitter = emitter(stage, along: group.axis)
    func scope() -> Scope {
      var scope = scopes[stage]
      scope.read(
        self.scope(stage, reading: accumulators(before: stage), uniform: false))
      return scope
    }
    _ = writer.when(group.isFirst) {
      loop.states?.store(initial, at: column, strip)
      if let buffer = loop.values {
        var scope = scope()
        emitter.emit(.strip, into: &scope, at: pointers, strip)
        let values = (0..<strip.units).flatMap { unit in
          kept.map { emitter.value(of: $0, in: scope, lanes: strip.lanes, unit: unit) }
        }
        buffer.store(values, at: column, strip)
      }
      return []
    }
    var known = kept.isEmpty ? scope() : scopes[stage]
    if let buffer = loop.values {
      let types = (0..<strip.units).flatMap { _ in
        kept.map { IRType(program.dtype(of: $0), lanes: strip.lanes) }
      }
      let values = buffer.load(types, at: column, strip)
      for (place, operand) in kept.enumerated() {
        known.vectors[operand] = (0..<strip.units).map { values[$0 * kept.count + place] }
      }
    }
    let states = emitLoop(
      stage, strip, from: group.row, to: group.end, at: pointers, known, own,
      carrying: loop.states?.load(initial.map(\.type), at: column, strip) ?? [],
      in: group, hasColumnValues: !kept.isEmpty)
    loop.states?.store(states, at: column, strip)
    let next = loopStages.first { $0 > stage } ?? stages.endIndex
    guard next > stage + 1 else { return }
    _ = writer.when(group.isLast) {
      emitStages(
        stage + 1..<next, strip, at: pointers, along: group.axis, scopes,
        reading: accumulators(before: stage) + own.values(states, lanes: strip.lanes))
      return []
    }
  }

  /// The rows of a strip that are read before the next strip has its turn where nothing is asked for, as suits
  /// panels that are read once; nil where asking is better, as for elements that take longer to widen than to read.
  private var unaskedRows: Int? {
    let isWide = stages[0].stage.loads.allSatisfy { memory.dtype(of: $0).byteCount >= 4 }
    return loopStages.count == 1 && isWide ? target.habits.unaskedPanelRows : nil
  }

  /// The rows of a strip that are read before the next strip has its turn. On Zen 4 the sums of 4,000 columns
  /// as long take 0.98 times as long with ten as with eight on one thread, 0.92 on two.
  static let panelRows = 10

  /// What a panel of several loops reads and writes at most, so that each finds in the caches what the one before
  /// has read.
  private static let panelByteCount = 8 << 20

  /// The rows of columns so short that the first cache holds a strip of them.
  private static let shortColumn = 16
}

/// Some rows of a panel that a loop is at.
struct PanelGroup {
  /// The axis that columns lie side by side along.
  let axis: Int
  let row: IRValue
  let end: IRValue
  /// Whether they are the first and the last that the loop comes to.
  let isFirst: IRValue
  let isLast: IRValue
  /// Whether the panel is a single strip.
  let isNarrow: IRValue
  /// Whether strips ask for their next rows even if there are several.
  let asksAhead: Bool
}

/// Where the columns of a panel leave what other rows and other loops need.
struct PanelBuffers {
  /// What columns leave in the loop of one stage.
  struct Loop {
    let stage: Int
    /// What the loop accumulates.
    let states: StateBuffer?
    /// What it computes once for a column, unless it is the first loop.
    let values: StateBuffer?
    /// Which values those are.
    let operands: [LaneProgram.Operand]
  }

  let loops: [Loop]

  /// The columns that there is room for.
  var columnCount: Int? {
    loops.flatMap { [$0.states, $0.values] }.compactMap { $0?.columnCount }.min()
  }
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

  /// - Parameters:
  ///   - states: The types of the states of one vector, with its lanes, for each length that vectors have.
  ///   - share: How many buffers there are.
  init(
    _ states: [[(type: IRType, lanes: Int)]], stripWidth: Int, share: Int, _ writer: IRWriter
  ) {
    var laneByteCounts: [Int] = []
    for vector in states {
      for (kind, state) in vector.enumerated() {
        if kind == laneByteCounts.count { laneByteCounts.append(1) }
        let byteCount = state.type.bitCount / 8 / state.lanes
        laneByteCounts[kind] = max(laneByteCounts[kind], byteCount)
      }
    }
    let strips = Self.byteCount / share / max(1, laneByteCounts.reduce(0, +)) / stripWidth
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
