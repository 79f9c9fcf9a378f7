internal import Arrays
internal import KernelIR
internal import Scalars

/// The accumulators of one stage while it loops, as the flat lists of values that loops carry.
///
/// A list holds the states of one vector, reduction by reduction, or those of several vectors one
/// after the other: each vector of a strip has states of its own, so that one does not wait for
/// another, unless there is so much to do between that none would.
struct Accumulation {
  let reductions: [ReductionEmitter]
  /// The operand whose values each reduction takes.
  let operands: [LaneProgram.Operand]
  /// What that is converted from, for each reduction that may take the sum of a few converted at once.
  let narrow: [LaneProgram.Operand?]
  /// For each extreme that leaves it to a sum to tell whether one of its values was NaN, the number of that sum.
  let sumsTellingNaN: [Int?]
  /// Whether the vectors of a row become one value in the end, so that it does not matter in which of them
  /// a NaN was.
  let vectorsAreJoined: Bool

  /// The states of one vector before any value; `position` is that of the first value to come.
  func initial(lanes: Int, position: IRValue) -> [IRValue] {
    reductions.flatMap { $0.initial(lanes: lanes, position: position) }
  }

  /// The states of `strip`'s vectors, of which the first of each row goes on from `first`.
  func widened(_ first: [IRValue], to strip: Strip, position: IRValue) -> [IRValue] {
    vectors(first).flatMap { state in
      let others = (1..<strip.statesOfRow).flatMap { _ in
        initial(lanes: strip.lanes, position: position)
      }
      return state + others
    }
  }

  /// The states of all of `strip`'s vectors before any value.
  func initial(_ strip: Strip, position: IRValue) -> [IRValue] {
    (0..<strip.units).flatMap { _ in initial(lanes: strip.lanes, position: position) }
  }

  /// The states after one strip. `position` is that of vector 0's first lane, and `isAlongLanes`
  /// tells whether positions count on from lane to lane or are the same in all.
  func accumulate(
    _ states: [IRValue], _ strip: Strip, position: IRValue, isAlongLanes: Bool,
    value: (LaneProgram.Operand, _ unit: Int) -> IRValue
  ) -> [IRValue] {
    vectors(states).enumerated().flatMap { number, vector in
      let (units, parts) = (strip.units(ofState: number), split(vector))
      return reductions.indices.flatMap { place in
        let (reduction, state) = (reductions[place], parts[place])
        if let narrow = narrow[place], units.count > 1, strip.masks.isEmpty {
          let sum = reduction.sum(units.map { value(narrow, $0) })
          return reduction.accumulate(state, sum, position: nil, mask: nil, watching: [])
        }
        return units.reduce(state) { state, unit in
          let position =
            reduction.form == .position
            ? reduction.positions(from: position, strip, unit: unit, isAlongLanes) : nil
          return reduction.accumulate(
            state, value(operands[place], unit), position: position, mask: strip.mask(unit),
            watching: watched(with: unit, of: strip).map { value(operands[place], $0) })
        }
      }
    }
  }

  /// The vectors of whose values NaN are noted in the states of `unit`: one instruction looks at two vectors.
  private func watched(with unit: Int, of strip: Strip) -> [Int] {
    let arePairs = vectorsAreJoined && strip.masks.isEmpty && strip.units / strip.rows % 2 == 0
    return arePairs ? unit % 2 == 0 ? [unit, unit + 1] : [] : [unit]
  }

  /// The states of one vector for each row, which stands for all of the row: they are combined
  /// pairwise.
  func joinedVectors(_ states: [IRValue], rows: Int) -> [IRValue] {
    split(states, into: rows).flatMap { row in
      var vectors = vectors(row)
      while vectors.count > 1 {
        let half = vectors.count / 2
        vectors = (0..<half).map { merged(vectors[$0], vectors[half + $0]) }
      }
      return vectors.first ?? []
    }
  }

  /// The flat lists of the rows that a flat list consists of.
  func split(_ states: [IRValue], into rows: Int) -> [[IRValue]] {
    let size = states.count / rows
    return (0..<rows).map { Array(states[$0 * size..<($0 + 1) * size]) }
  }

  /// The states of one lane that stands for all lanes of a vector.
  func joinedLanes(_ states: [IRValue], lanes: Int) -> [IRValue] {
    zip(reductions, split(states)).flatMap { $0.joined($1, lanes: lanes) }
  }

  /// The states of the values of `a` and of `b`, lane by lane and vector by vector.
  func merged(_ a: [IRValue], _ b: [IRValue]) -> [IRValue] {
    zip(vectors(a), vectors(b)).flatMap { a, b in
      zip(reductions, zip(split(a), split(b))).flatMap { $0.merge($1.0, $1.1) }
    }
  }

  /// What later stages read: for each reduction, a value for each vector.
  func values(_ states: [IRValue], lanes: Int) -> [[IRValue]] {
    let vectors = vectors(states).map(split)
    return reductions.indices.map { number in
      vectors.map {
        reductions[number].value(of: $0[number], lanes: lanes, sum: sum(tellingOf: number, $0))
      }
    }
  }

  /// The states of one lane as the same accumulators with one lane from the start hold them.
  func resolved(_ states: [IRValue]) -> [IRValue] {
    let parts = split(states)
    return reductions.indices.flatMap {
      reductions[$0].slots(of: parts[$0], sum: sum(tellingOf: $0, parts))
    }
  }

  /// The state of the sum that tells whether a value of a reduction was NaN.
  private func sum(tellingOf number: Int, _ states: [[IRValue]]) -> IRValue? {
    sumsTellingNaN[number].map { states[$0][0] }
  }

  /// The values of one vector's list, reduction by reduction.
  func split(_ vector: [IRValue]) -> [[IRValue]] {
    var rest = vector[...]
    return reductions.map { reduction in
      let state = Array(rest.prefix(reduction.stateCount))
      rest = rest.dropFirst(reduction.stateCount)
      return state
    }
  }

  /// The states of a strip's vectors as a walk along the lanes from position `base` on carries them.
  func entering(_ states: [IRValue], _ strip: Strip, at base: IRValue) -> [IRValue] {
    vectors(states).flatMap { vector in
      zip(reductions, split(vector)).flatMap { $0.entering($1, strip, at: base) }
    }
  }

  /// The states of one vector for each row after that walk, before which they were `old`.
  func leaving(
    _ states: [IRValue], _ old: [IRValue], _ strip: Strip, from base: IRValue
  ) -> [IRValue] {
    let apart = vectors(states).enumerated().flatMap { number, vector in
      zip(reductions, split(vector)).flatMap {
        $0.leaving($1, strip, ofState: number, from: base)
      }
    }
    let joined = joinedVectors(apart, rows: strip.rows)
    return zip(vectors(joined), vectors(old)).flatMap { state, old in
      zip(reductions, zip(split(state), split(old))).flatMap {
        $0.left($1.0, $1.1, lanes: strip.lanes, from: base)
      }
    }
  }

  private func vectors(_ states: [IRValue]) -> [[IRValue]] {
    let size = reductions.map(\.stateCount).reduce(0, +)
    guard size > 0 else { return [] }
    return stride(from: 0, to: states.count, by: size).map { Array(states[$0..<$0 + size]) }
  }
}

/// How the states of a strip's vectors come from those of one vector, and become those of one again.
struct StripStates {
  let accumulation: Accumulation
  /// The position of the first value of all.
  let position: IRValue
  /// The elements after which a strip's states go over into those of one vector, so that long sums of
  /// floats lose few digits; nil for never.
  let blockLength: Int?
  /// The elements after which a walk is interrupted, so that narrow positions do not wrap around; nil
  /// where there are none, or chunks are short. Blocks are shorter in any case.
  let longestWalk: Int?
  /// How many rows there are states of.
  let rows: Int

  func initial(lanes: Int) -> [IRValue] {
    (0..<rows).flatMap { _ in accumulation.initial(lanes: lanes, position: position) }
  }

  func widened(_ first: [IRValue], to strip: Strip) -> [IRValue] {
    accumulation.widened(first, to: strip, position: position)
  }

  /// Whether a walk has to know at which position it begins.
  var hasPositions: Bool { accumulation.reductions.contains { $0.form == .position } }

  func merged(_ a: [IRValue], _ b: [IRValue]) -> [IRValue] { accumulation.merged(a, b) }
}
