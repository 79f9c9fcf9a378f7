import Scalars

extension Graph {
  /// Checks that every equation uses earlier values only and has the type that its operation gives,
  /// that inputs and outputs exist, and that every input is fed.
  package func verify() throws(MalformedGraph) {
    for (number, equation) in equations.enumerated() {
      for operand in equation.operands where !(0..<number).contains(operand) {
        throw .notYetComputed(number, uses: operand)
      }
      try verifyType(number, equation)
      if case .input = equation.operation.lowering, !inputs.contains(number) {
        throw .notFed(number)
      }
    }
    for value in inputs + outputs where !equations.indices.contains(value) {
      throw .noSuchValue(value)
    }
  }

  private func verifyType(_ number: Int, _ equation: Equation) throws(MalformedGraph) {
    let type: TensorType
    do {
      type = try equation.operation.resultType(equation.operands.map { equations[$0].type })
    } catch {
      throw .brokenRule(number, error)
    }
    let fits =
      type.dtype == equation.type.dtype && type.rank == equation.type.rank
      && zip(type.shape, equation.type.shape).allSatisfy { $0.canEqual($1) }
    if !fits {
      throw .wrongType(number, equation.operation.name, gives: type, not: equation.type)
    }
    if case .elementwise(let op) = equation.operation.lowering {
      try verifyDTypes(number, op.definition.signature, equation)
    }
  }
}

extension Graph {
  /// Checks that the operands of an elementwise operation have the one dtype of its signature.
  private func verifyDTypes(
    _ number: Int, _ signature: ScalarOp.Signature, _ equation: Equation
  ) throws(MalformedGraph) {
    let dtypes = equation.operands.map { equations[$0].type.dtype }
    let lanes = if case .choice = signature { Array(dtypes.dropFirst()) } else { dtypes }
    let expected = lanes.first.flatMap(signature.operandDType)
    let isConversion = if case .conversion = signature { true } else { false }
    let fits =
      dtypes.count == signature.arity
      && lanes.allSatisfy { $0 == expected }
      && (isConversion || lanes.first.map(signature.resultDType) == equation.type.dtype)
    if !fits {
      throw .wrongDTypes(number, equation.operation.name, dtypes)
    }
  }
}
