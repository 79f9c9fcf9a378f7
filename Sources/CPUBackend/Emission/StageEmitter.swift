internal import Arrays
internal import KernelIR
internal import Scalars

/// The values of a stage's program that are known at some place of the code.
struct Scope {
  /// One lane of the values that are the same in all lanes.
  var uniform: [LaneProgram.Operand: IRValue] = [:]
  /// The vectors of a strip; a single one where all are equal.
  var vectors: [LaneProgram.Operand: [IRValue]] = [:]

  /// Adds the vectors of another scope.
  mutating func read(_ other: Scope) { vectors.merge(other.vectors) { $1 } }
}

/// Writes the composite of a stage: loads, instructions and stores, each at its level.
struct StageEmitter {
  let writer: IRWriter
  let memory: MemoryEmitter
  let scalars: ScalarEmitter
  let stage: StageProgram
  /// The axis that lanes lie along, if there are lanes.
  let axis: Int?

  /// Writes what has to be computed at `level`, into `scope`. The addresses `pointers` are those of
  /// the strip's first lane.
  func emit(
    _ level: StageProgram.Level, into scope: inout Scope, at pointers: [IRValue], _ strip: Strip
  ) {
    for number in stage.inputs.indices
    where stage.inputs[number].level == level && stage.needed.contains(.input(number)) {
      emitInput(number, into: &scope, at: pointers, strip)
    }
    for number in stage.lines.indices
    where stage.lines[number].level == level && stage.needed.contains(.line(number)) {
      if let region = stage.regions[number] { emitRegion(region, into: &scope, strip) }
      if !stage.guarded.contains(number) { emitLine(number, into: &scope, strip) }
    }
  }

  /// Writes the lines of a region, which are passed over where its condition holds in no lane.
  private func emitRegion(_ region: GuardedRegion, into scope: inout Scope, _ strip: Strip) {
    let conditions = (0..<strip.units).map {
      value(of: region.condition, in: scope, lanes: strip.lanes, unit: $0)
    }
    let either = conditions.dropFirst().reduce(conditions[0]) { writer.binary("or", $0, $1) }
    let bits = writer.convert("bitcast", either, to: IRType(.integer(strip.lanes)))
    let isAny = writer.compare("icmp ne", bits, IRValue("0", bits.type))
    let unused = region.results.flatMap { number in
      let type = IRType(stage.program.lines[number].dtype, lanes: strip.lanes)
      return Array(repeating: IRValue("poison", type), count: strip.units)
    }
    let second = region.selects.flatMap { number in
      (0..<strip.units).map {
        value(of: stage.program.lines[number].operands[2], in: scope, lanes: strip.lanes, unit: $0)
      }
    }
    var inner = scope
    let results = region.results + region.selects
    let values = writer.when(isAny, carrying: unused + second) {
      for number in region.lines + region.selects { emitLine(number, into: &inner, strip) }
      return results.flatMap { inner.vectors[.line($0)] ?? [] }
    }
    for (place, number) in results.enumerated() {
      let start = place * strip.units
      scope.vectors[.line(number)] = Array(values[start..<start + strip.units])
    }
  }

  /// Writes everything, one lane wide.
  func emitAll(into scope: inout Scope, at pointers: [IRValue]) {
    for level in StageProgram.Level.allCases { emit(level, into: &scope, at: pointers, .scalar) }
  }

  private func emitInput(
    _ number: Int, into scope: inout Scope, at pointers: [IRValue], _ strip: Strip
  ) {
    switch stage.stage.sources[number] {
    case .accumulator: break  // Whoever accumulates puts the value into the scope.
    case .scalar(let scalar):
      scope.uniform[.input(number)] = memory.launch.scalars[scalar]
    case .load(let access):
      if stage.inputs[number].isUniform {
        scope.uniform[.input(number)] = memory.load(access, at: pointers[access])
      } else if let axis {
        scope.vectors[.input(number)] = (0..<strip.units).map {
          memory.load(access, at: pointers[access], along: axis, strip, unit: $0)
        }
      }
    }
  }

  private func emitLine(_ number: Int, into scope: inout Scope, _ strip: Strip) {
    let line = stage.program.lines[number]
    let source = line.operands.last.map(stage.program.dtype) ?? line.dtype
    func result(lanes: Int, unit: Int) -> IRValue {
      let operands = line.operands.map { value(of: $0, in: scope, lanes: lanes, unit: unit) }
      return scalars.emit(line.operation, operands, from: source, to: line.dtype)
    }
    if stage.lines[number].isUniform {
      scope.uniform[.line(number)] = result(lanes: 1, unit: 0)
    } else if case .call(let operation) = line.operation {
      let operands = (0..<strip.units).map { unit in
        line.operands.map { value(of: $0, in: scope, lanes: strip.lanes, unit: unit) }
      }
      scope.vectors[.line(number)] = scalars.called(operation, operands, line.dtype)
    } else {
      scope.vectors[.line(number)] = (0..<strip.units).map { result(lanes: strip.lanes, unit: $0) }
    }
  }

  /// The value of `operand` in vector number `unit`.
  func value(
    of operand: LaneProgram.Operand, in scope: Scope, lanes: Int, unit: Int
  ) -> IRValue {
    if case .constant(let scalar) = operand { return IRValue(scalar, lanes: lanes) }
    if lanes == 1, let value = scope.uniform[operand] { return value }
    if let vectors = scope.vectors[operand] { return vectors[vectors.count == 1 ? 0 : unit] }
    guard let value = scope.uniform[operand] else {
      preconditionFailure("emission: \(operand) is used before it is computed")
    }
    return writer.splat(value, lanes: lanes)
  }

  /// Puts every uniform value that vectors will use into a vector, so that loops do not.
  func spread(_ scope: inout Scope, lanes: Int) {
    for line in stage.program.lines.indices
    where !stage.lines[line].isUniform && stage.needed.contains(.line(line)) {
      for operand in stage.program.lines[line].operands where scope.vectors[operand] == nil {
        if let value = scope.uniform[operand] {
          scope.vectors[operand] = [writer.splat(value, lanes: lanes)]
        }
      }
    }
  }

  /// Writes the stage's stores.
  func store(from scope: Scope, at pointers: [IRValue], _ strip: Strip) {
    if stage.stage.stores.isEmpty { return }
    let general = { storeAll(from: scope, at: pointers, strip) }
    if let isWhole = strip.isWhole {
      var whole = strip
      whole.masks = []
      writer.when(isWhole, { storeAll(from: scope, at: pointers, whole) }, else: general)
    } else if let isAligned = strip.isAligned, !strip.isPastCaches {
      var past = strip
      past.isPastCaches = true
      writer.when(
        isAligned, metadata: MemoryEmitter.mostlyAligned,
        { storeAll(from: scope, at: pointers, past) }, else: general)
    } else {
      general()
    }
  }

  private func storeAll(from scope: Scope, at pointers: [IRValue], _ strip: Strip) {
    for unit in 0..<strip.units {
      for store in stage.stage.stores {
        let operand = stage.program.results[store.result]
        let result = value(of: operand, in: scope, lanes: strip.lanes, unit: unit)
        memory.store(
          result, store.access, at: pointers[store.access], along: axis, strip, unit: unit)
      }
    }
  }
}
