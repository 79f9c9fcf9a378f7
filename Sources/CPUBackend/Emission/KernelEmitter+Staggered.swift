internal import Arrays
internal import KernelIR
internal import Scalars

/// Rows whose loops run side by side with those of their neighbours.
///
/// One after the other, the loops of a row wait for different things: a maximum for memory, exponentials for
/// the processor's pipes, quotients for stores. So the last loop of a row runs together with the one before
/// it of the next row, and so on: a strip of each, then the next strip of each. Between two loops there is
/// never more than one row, so values that are kept in the place of another row find it free.
///
/// Which row is due is counted for each loop. Loops run one by one until a row is due in each, and when no row
/// is due in the first any more; and throughout where rows are too long to stay in the first caches until their
/// last loop. What a row accumulates is the same either way.
///
/// On Zen 4 the softmax of 1,024 columns takes 13.6 cycles for 16 elements in the second cache where it took
/// 16.3, and past the caches 13.5 where it took 17.5. Where all loops are short, as those of an RMS norm, it gains
/// nothing; nor where vectors have 16 registers, which do not hold what two loops need.
extension KernelEmitter {
  /// The stages by loops: each range begins with one that loops.
  private var phases: [Range<Int>] {
    let starts = stages.indices.filter { stages[$0].stage.loops }
    return zip(starts, starts.dropFirst() + [stages.count]).map { $0..<$1 }
  }

  /// The stages that loop.
  private var looping: [StageProgram] { stages.filter(\.stage.loops) }

  /// Whether loops of several rows run side by side.
  var isStaggered: Bool {
    guard case .inner(let axis) = lanes, kernel.tiling == nil, kernel.outerCount > 0,
      inner.count == 1, stages[0].stage.loops, looping.count > 1, target.registerCount >= 32,
      looping.contains(where: \.hidesSums)
    else { return false }
    let accesses = Set(looping.flatMap(\.stage.accesses)).map { kernel.accesses[$0] }
    return accesses.allSatisfy { $0.steps[axis] != .strided }
      && looping.allSatisfy { loop in
        !loop.callsFunctions && !loop.stage.accumulators.contains { $0.reduction.isPosition }
      }
      && !staggeredCut(0, pastCaches: false).hasScalarPass && displacedValuesHaveRoom
  }

  /// Whether values that are kept in another row's place are kept from one loop to the next only.
  private var displacedValuesHaveRoom: Bool {
    kernel.displaceableAccesses.keys.allSatisfy { access in
      let users = phases.indices.filter { phase in
        phases[phase].contains { stages[$0].stage.accesses.contains(access) }
      }
      return (users.last ?? 0) - (users.first ?? 0) <= 1
    }
  }

  /// The strips of a stage's loop, which are as wide as those of the others, and the same whether other loops
  /// run beside it or not.
  func staggeredCut(_ stage: Int, pastCaches: Bool) -> Cut {
    Cut(
      looping, of: kernel, along: inner.lowerBound, for: target, pastCaches: pastCaches,
      areStaggered: true
    ).sharingStates(stages[stage].hidesSums)
  }

  /// The most bytes that a row may have of anything to stay in the first caches until its last loop.
  private static let mostBytes = 1 << 16

  /// Writes all rows of a run along the last outer axis, at least one.
  func emitStaggeredRows(_ segment: LoopEmitter.Segment, _ ends: RowEnds?) {
    let last = phases.count - 1
    let widest = kernel.arguments.map(\.dtype.byteCount).max() ?? 8
    // Longer rows are also summed in blocks.
    let isShort = writer.compare(
      "icmp sle", loops.count(inner), .i64(min(Self.mostBytes / widest, Kernel.chunkLength)))
    let none = WaitingRows(looping.map(\.stage.accumulators))
    _ = writer.repeatWhile(carrying: phases.map { _ in segment.begin } + none.values) { current in
      var turn = Turn(Array(current[...last]), end: segment.end, fills: isShort, writer)
      let together = (phases: Array(phases.indices), isDue: turn.takeAll())
      let alone = phases.indices.reversed().map { (phases: [$0], isDue: turn.take($0)) }
      let next = ([together] + alone).reduce(current) { state, loop in
        writer.when(loop.isDue, carrying: state) {
          let due = Array(state[...last]), waiting = none.with(state[(last + 1)...])
          let rows = loop.phases.map {
            StaggeredRow(
              phase: $0,
              pointers: memory.advance(segment.pointers, along: segment.axis, by: due[$0]),
              offsets: displacements(of: due[$0], in: segment), accumulators: waiting.rows[$0])
          }
          var after = (due: due, waiting: waiting)
          for (row, values) in zip(rows, emitLoops(of: rows)) {
            let accumulators = row.accumulators + values
            if row.phase == last, let ends {
              ends.keep(accumulators, of: due[last], in: segment)
            } else {
              for stage in phases[row.phase].dropFirst() {
                emitPoint(stage, at: row.pointers, reading: accumulators)
              }
            }
            if row.phase < last { after.waiting.rows[row.phase + 1] = accumulators }
            after.due[row.phase] = writer.add(due[row.phase], .i64(1))
          }
          return after.due + after.waiting.values
        }
      }
      if let ends {
        _ = writer.when(writer.compare("icmp ne", next[last], current[last])) {
          ends.finish(before: next[last], in: segment)
          return []
        }
      }
      return (next, writer.compare("icmp slt", next[last], segment.end))
    }
  }

  /// Writes the loops for which some rows are due, and returns what each accumulates.
  private func emitLoops(of rows: [StaggeredRow]) -> [[[IRValue]]] {
    if rows.count > 1 { return emitLoopsTogether(of: rows) }
    return rows.map { row in
      let (accumulation, states) = emitLoop(
        phases[row.phase].lowerBound, from: .i64(0), to: loops.count(inner), at: row.pointers,
        reading: row.accumulators, displacedBy: row.offsets)
      return accumulation.values(states[0], lanes: 1)
    }
  }

  /// Writes one loop over strips, in which the latest of the rows has its last loop.
  private func emitLoopsTogether(of rows: [StaggeredRow]) -> [[[IRValue]]] {
    let axis = inner.lowerBound, last = phases[rows.count - 1].lowerBound
    let cut = staggeredCut(last, pastCaches: kernel.storesPastCaches && kernel.isFinal(last))
    let walks = rows.map {
      RowWalk(
        self, phases[$0.phase].lowerBound, $0, isLast: $0.phase == rows.count - 1, cut)
    }
    let segment = LoopEmitter.Segment(
      pointers: [], axis: axis, begin: .i64(0), end: loops.count(inner), position: .i64(0))
    var index = segment.begin
    var vectors = walks.map { $0.accumulation.initial(lanes: cut.lanes, position: .i64(0)) }
    for (number, pass) in cut.passes.enumerated() {
      let isLong = number < cut.longPassCount
      let pass = memory.withAlignment(
        pass, of: stages[last].stage.stores.map(\.access),
        at: memory.advance(walks[rows.count - 1].places.stores, along: axis, by: index))
      let wide = zip(walks, vectors).map { walk, vector in
        walk.accumulation.widened(vector, to: walk.strip(pass.strip), position: .i64(0))
      }
      let after = loops.strips(of: segment, from: index, pass, carrying: wide.flatMap { $0 }) {
        index, strip, states in
        // All rows are read before any is written: the latest reads what the one after it overwrites, and
        // a load waits for a store just before it whose address ends in the same twelve bits, as those of
        // other rows of arrays that begin at pages may. On Zen 4 softmax past the caches takes 1.1 times as
        // long where the stores of each row stand before the loads of the next.
        var after: [IRValue] = []
        let scopes = zip(walks, states.split(as: wide)).map { walk, states in
          let (scope, sums) = walk.read(
            at: index, strip, states, readsAhead: kernel.readsAhead && isLong)
          after += sums
          return scope
        }
        for (walk, scope) in zip(walks, scopes) { walk.write(scope, at: index, strip) }
        return after
      }
      index = after.index
      vectors = zip(walks, after.values.split(as: wide)).map { walk, states in
        walk.accumulation.joinedVectors(states, rows: 1)
      }
    }
    return zip(walks, vectors).map { walk, vector in
      walk.accumulation.values(
        walk.accumulation.joinedLanes(vector, lanes: cut.lanes), lanes: 1)
    }
  }
}

/// A row that is due in one of its loops.
struct StaggeredRow {
  let phase: Int
  let pointers: [IRValue]
  /// How many elements go on from where they belong values that are kept elsewhere.
  let offsets: [Int: IRValue]
  /// What its loops so far have left.
  let accumulators: [[IRValue]]
}

/// What the row that is due in each loop has accumulated before.
private struct WaitingRows {
  var rows: [[[IRValue]]]

  /// No rows, of loops with these accumulators.
  init(_ accumulators: [[Accumulator]]) {
    rows = accumulators.indices.map { loop in
      accumulators[..<loop].flatMap { $0 }.map { [IRValue(.zero($0.valueDType))] }
    }
  }

  /// What loops carry.
  var values: [IRValue] { rows.flatMap { $0.flatMap { $0 } } }

  /// The same rows with what a loop has carried.
  func with(_ values: ArraySlice<IRValue>) -> WaitingRows {
    var (next, rest) = (self, values)
    for loop in rows.indices {
      for number in rows[loop].indices { next.rows[loop][number] = [rest.removeFirst()] }
    }
    return next
  }
}

/// Decides which loop runs next.
private struct Turn {
  /// The row that is due in each loop.
  private let due: [IRValue]
  private let writer: IRWriter
  /// Whether rows shall become due in every loop.
  private let isFilling: IRValue
  /// Whether no loop has been chosen yet.
  private var isOpen = IRValue(.bool(true))

  init(_ due: [IRValue], end: IRValue, fills: IRValue, _ writer: IRWriter) {
    (self.due, self.writer) = (due, writer)
    isFilling = writer.binary("and", fills, writer.compare("icmp slt", due[0], end))
  }

  /// Returns whether a row is due in each loop and all run.
  mutating func takeAll() -> IRValue {
    let distances = zip(due, due.dropFirst()).map { writer.binary("sub nsw", $0, $1) }
    return take(distances.map { writer.compare("icmp eq", $0, .i64(1)) } + [isFilling])
  }

  /// Returns whether a loop runs alone, if none of the later ones does: where a row is due in it and, while
  /// the loops fill, none in the next one.
  mutating func take(_ loop: Int) -> IRValue {
    guard loop > 0 else { return isOpen }
    let isDue = writer.compare("icmp slt", due[loop], due[loop - 1])
    let isFull =
      loop == due.count - 1
      ? isFilling
      : writer.binary("and", isFilling, writer.compare("icmp ne", due[loop], due[loop + 1]))
    return take([isDue, not(isFull)])
  }

  private mutating func take(_ conditions: [IRValue]) -> IRValue {
    let isTaken = conditions.reduce(isOpen) { writer.binary("and", $0, $1) }
    isOpen = writer.binary("and", isOpen, not(isTaken))
    return isTaken
  }

  private func not(_ condition: IRValue) -> IRValue {
    writer.binary("xor", condition, IRValue(.bool(true)))
  }
}

/// A row's part in a loop over strips of several rows.
private struct RowWalk {
  private let kernel: KernelEmitter
  private let stage: Int
  private let scope: Scope
  private let isFirst: Bool
  private let isLast: Bool
  let accumulation: Accumulation
  let places: (loads: [IRValue], stores: [IRValue])

  /// - Parameter cut: That of the last of the rows.
  init(_ kernel: KernelEmitter, _ stage: Int, _ row: StaggeredRow, isLast: Bool, _ cut: Cut) {
    (self.kernel, self.stage, self.isLast) = (kernel, stage, isLast)
    isFirst = row.phase == 0
    accumulation = kernel.accumulation(stage, lanes: cut.lanes, lanesAreJoined: true)
    places = kernel.places(of: stage, row.pointers, displacedBy: row.offsets)
    var scope = kernel.scope(stage, reading: row.accumulators, uniform: true)
    let emitter = kernel.emitter(stage, along: kernel.inner.lowerBound)
    emitter.emit(.segment, into: &scope, at: row.pointers, .scalar)
    emitter.spread(&scope, lanes: cut.lanes)
    self.scope = scope
  }

  /// The strip as this row's loop takes it.
  func strip(_ strip: Strip) -> Strip {
    var strip = strip
    strip.sharesStates = kernel.stages[stage].hidesSums
    if !isLast { (strip.isPastCaches, strip.isAligned) = (false, nil) }
    return strip
  }

  /// Writes a strip but for its stores, and returns its values and the states after it.
  func read(
    at index: IRValue, _ strip: Strip, _ states: [IRValue], readsAhead: Bool
  ) -> (Scope, states: [IRValue]) {
    let axis = kernel.inner.lowerBound, strip = self.strip(strip)
    let emitter = kernel.emitter(stage, along: axis)
    let loads = kernel.memory.advance(places.loads, along: axis, by: index)
    if readsAhead, isFirst { kernel.prefetch(stage, at: loads, along: axis, strip) }
    var scope = scope
    emitter.emit(.point, into: &scope, at: loads, strip)
    let sums = accumulation.accumulate(states, strip, position: .i64(0), isAlongLanes: true) {
      emitter.value(of: $0, in: scope, lanes: strip.lanes, unit: $1)
    }
    return (scope, sums)
  }

  /// Writes the stores of a strip whose values are known.
  func write(_ scope: Scope, at index: IRValue, _ strip: Strip) {
    let axis = kernel.inner.lowerBound
    let stores = kernel.memory.advance(places.stores, along: axis, by: index)
    kernel.emitter(stage, along: axis).store(from: scope, at: stores, self.strip(strip))
  }
}

extension [IRValue] {
  /// The values as so many lists as others are, of the same lengths.
  fileprivate func split(as others: [[IRValue]]) -> [[IRValue]] {
    var rest = self[...]
    return others.map { other in
      defer { rest = rest.dropFirst(other.count) }
      return Array(rest.prefix(other.count))
    }
  }
}
