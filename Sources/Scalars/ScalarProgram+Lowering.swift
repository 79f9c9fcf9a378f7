package import Arrays

extension ScalarProgram where Operation == ScalarOp {
  /// Returns the same program in instructions: every operation replaced by its lowering.
  ///
  /// - Parameter calling: Whether those that are dozens of instructions become calls of functions.
  public func lowered(calling: Bool = false) -> LaneProgram {
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
      case .expansion where calling && line.operation.isFunction(of: line.dtype):
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

extension ScalarOp {
  /// Whether the operation takes so long for operands of `dtype` that calling a function adds little.
  fileprivate func isFunction(of dtype: DType) -> Bool {
    dtype.isFloating && definition.cost >= 12
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
