import Arrays

extension ScalarProgram where Operation == ScalarOp {
  /// Returns the same program in instructions: every operation replaced by its lowering.
  public func lowered() -> LaneProgram {
    let builder = LaneBuilder(inputs: inputs)
    var lanes: [Lane] = []
    func lane(_ operand: Operand) -> Lane {
      switch operand {
      case .input(let number): Lane(builder: builder, operand: .input(number))
      case .constant(let scalar): Lane(builder: builder, operand: .constant(scalar))
      case .line(let number): lanes[number]
      }
    }
    for line in lines {
      let operands = line.operands.map(lane)
      switch line.operation.definition.lowering {
      case .instruction(let instruction):
        lanes.append(Self.simplified(instruction, operands, line.dtype))
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
