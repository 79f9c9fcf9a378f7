internal import KernelIR
internal import Scalars

/// The accumulators of one stage while it loops, as a flat list of values that loops carry.
///
/// Each vector of a strip has states of its own, so that one does not wait for another. Where the
/// tail runs without a mask, one lane at a time, it has states of one lane beside them.
struct Accumulation {
  let reductions: [ReductionEmitter]
  /// The first result of the stage that each reduction accumulates.
  let operands: [LaneProgram.Operand]
  /// The strips whose states are carried.
  let strips: [Strip]

  /// The states before any value; `position` is that of the first value to come.
  func initial(position: IRValue) -> [IRValue] {
    reductions.flatMap { reduction in
      strips.flatMap { strip in
        (0..<strip.units).flatMap { _ in
          reduction.initial(lanes: strip.lanes, position: position)
        }
      }
    }
  }

  /// The places of the states of reduction `number` in the list, one range for each vector.
  private func places(_ number: Int) -> [Range<Int>] {
    let vectors = strips.map(\.units).reduce(0, +)
    let sizes = reductions.map { $0.form == .position ? 2 : 1 }
    let start = sizes[..<number].reduce(0, +) * vectors
    return (0..<vectors).map { vector in
      let first = start + vector * sizes[number]
      return first..<first + sizes[number]
    }
  }

  /// The states after one strip. `position` is that of vector 0's first lane, and `isAlongLanes`
  /// tells whether positions count on from lane to lane or are the same in all.
  func accumulate(
    _ states: [IRValue], _ strip: Strip, position: IRValue, isAlongLanes: Bool,
    value: (LaneProgram.Operand, _ unit: Int) -> IRValue
  ) -> [IRValue] {
    var states = states
    // The scalar tail's states stand after those of the vectors.
    let first = strips.count > 1 && strip.lanes == 1 ? strips[0].units : 0
    for (number, reduction) in reductions.enumerated() {
      let places = places(number)
      for unit in 0..<strip.units {
        let place = places[first + unit]
        let position =
          reduction.form == .position
          ? positions(from: position, strip, unit: unit, isAlongLanes, reduction.writer) : nil
        states[place] = reduction.accumulate(
          Array(states[place]), value(operands[number], unit), position: position,
          mask: strip.mask)[...]
      }
    }
    return states
  }

  private func positions(
    from first: IRValue, _ strip: Strip, unit: Int, _ isAlongLanes: Bool, _ writer: IRWriter
  ) -> IRValue {
    guard isAlongLanes else { return writer.splat(first, lanes: strip.lanes) }
    let start = writer.add(first, .i64(unit * strip.lanes))
    if strip.lanes == 1 { return start }
    let steps = IRValue(Array(0..<strip.lanes), .integer(64))
    return writer.binary("add", writer.splat(start, lanes: strip.lanes), steps)
  }

  /// One state of one lane for each reduction: all vectors combined pairwise, then their lanes.
  func joined(_ states: [IRValue]) -> [[IRValue]] {
    reductions.indices.map { number in
      let reduction = reductions[number]
      var vectors = places(number).map { Array(states[$0]) }
      let tail = strips.count > 1 ? vectors.popLast() : nil
      while vectors.count > 1 {
        let half = vectors.count / 2
        vectors = (0..<half).map { reduction.merge(vectors[$0], vectors[half + $0]) }
      }
      let one = reduction.joined(vectors[0], lanes: strips[0].lanes)
      return tail.map { reduction.merge(one, $0) } ?? one
    }
  }

  /// What later stages read, for each reduction, where every lane keeps its own state.
  func values(_ states: [IRValue]) -> [[IRValue]] {
    reductions.indices.map { number in
      zip(places(number), 0...).map { place, _ in
        reductions[number].value(of: Array(states[place]), lanes: strips[0].lanes)
      }
    }
  }
}
