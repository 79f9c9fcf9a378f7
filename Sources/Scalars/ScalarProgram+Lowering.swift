package import Arrays

extension ScalarProgram where Operation == ScalarOp {
  /// Returns the same program in instructions: every operation replaced by its lowering.
  ///
  /// - Parameter calling: Whether `callableLines` become calls of functions.
  public func lowered(calling: Bool = false) -> LaneProgram {
    let builder = LaneBuilder(inputs: inputs)
    let called = calling ? callableLines : []
    var lanes: [Lane] = []
    func lane(_ operand: Operand) -> Lane {
      switch operand {
      case .input(let number): Lane(builder: builder, operand: .input(number))
      case .constant(let scalar): Lane(builder: builder, operand: .constant(scalar))
      case .line(let number): lanes[number]
      }
    }
    for (number, line) in lines.enumerated() {
      let operands = line.operands.map(lane)
      switch line.operation.definition.lowering {
      case .instruction(let instruction):
        lanes.append(Self.simplified(instruction, operands, line.dtype))
      case .expansion where called.contains(number):
        lanes.append(operands[0].builder.emit(.call(line.operation), operands, line.dtype))
      case .expansion(let expand): lanes.append(expand(operands))
      }
    }
    return builder.finish(results: results.map { lane($0).operand })
  }

  /// Leaves out what does nothing: rounding integers and conversions to the same dtype.
  private static func simplified(
    _ instruction: Instruction, _ operands: [Lane], _ dtype: DType
  ) -> Lane {
    switch instruction {
    case .floor, .ceil, .trunc, .roundEven: if !dtype.isFloating { return operands[0] }
    case .convert: if operands[0].dtype == dtype { return operands[0] }
    case .abs: if dtype.isUnsigned { return operands[0] }
    default: break
    }
    return operands[0].builder.emit(instruction, operands, dtype)
  }
}

extension ScalarProgram where Operation == ScalarOp {
  /// The lines that take so long that calling functions adds little. Those of the same operands are not
  /// among them if they share instructions, as sine and cosine share all but a few.
  private var callableLines: Set<Int> {
    let long = lines.indices.filter {
      lines[$0].dtype.isFloating && lines[$0].operation.definition.cost >= 12
    }
    let groups = Dictionary(grouping: long) { lines[$0].operands }.values
    return Set(groups.flatMap { group in group.filter { !sharesInstructions($0, in: group) } })
  }

  /// Whether a line and another of a group would take clearly more instructions apart than together.
  private func sharesInstructions(_ line: Int, in group: [Int]) -> Bool {
    group.contains { other in
      other != line
        && instructionCount(of: [line, other]) + 8
          <= instructionCount(of: [line]) + instructionCount(of: [other])
    }
  }

  /// The instructions of lines that have the same operands.
  private func instructionCount(of group: [Int]) -> Int {
    var composite = Composite(inputs: lines[group[0]].operands.map(dtype))
    let operands = composite.inputs.indices.map { Operand.input($0) }
    composite.results = group.map {
      composite.append(lines[$0].operation, operands, lines[$0].dtype)
    }
    return composite.lowered().lines.count
  }
}

extension LaneProgram {
  /// An operation alone, whose operands and result have one floating dtype: what a function of it does.
  package static func function(_ operation: ScalarOp, _ dtype: DType) -> LaneProgram {
    var composite = Composite()
    let operands = (0..<operation.definition.signature.arity).map { _ in composite.addInput(dtype) }
    composite.results = [composite.append(operation, operands, dtype)]
    return composite.lowered()
  }
}
