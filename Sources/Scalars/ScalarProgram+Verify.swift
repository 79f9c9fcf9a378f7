package import Arrays

/// An operation that knows which lines are well typed.
package protocol TypedOperation: NamedOperation {
  /// The number of operands.
  var arity: Int { get }
  /// Throws unless operands of `dtypes` give `result`.
  func verify(_ dtypes: [DType], _ result: DType, _ place: String) throws(ProgramError)
}

extension ScalarProgram where Operation: TypedOperation {
  /// Throws unless every operand exists before it is read and has a dtype that is asked for, and
  /// there is a result.
  package func verify() throws(ProgramError) {
    for (number, line) in lines.enumerated() {
      let place = "line \(number), \(line.operation.name),"
      for operand in line.operands { try verify(operand, before: number, place) }
      guard line.operands.count == line.operation.arity else {
        throw .operandCount(place, takes: line.operation.arity, got: line.operands.count)
      }
      try line.operation.verify(line.operands.map(dtype(of:)), line.dtype, place)
    }
    if results.isEmpty { throw .noResults }
    for (number, result) in results.enumerated() {
      try verify(result, before: lines.count, "result \(number)")
    }
  }

  private func verify(
    _ operand: Operand, before line: Int, _ place: String
  ) throws(ProgramError) {
    switch operand {
    case .input(let number) where !inputs.indices.contains(number):
      throw .noSuchOperand("input", number, count: inputs.count, in: place)
    case .line(let number) where !(0..<line).contains(number):
      throw .noSuchOperand("line", number, count: line, in: place)
    case .input, .line, .constant: break
    }
  }
}

extension ScalarOp: TypedOperation {
  package var arity: Int { definition.signature.arity }

  package func verify(
    _ dtypes: [DType], _ result: DType, _ place: String
  ) throws(ProgramError) {
    let signature = definition.signature
    if case .conversion = signature { return }
    let alike = dtypes.last ?? result
    let expected =
      if case .choice = signature { [.bool, alike, alike] } else {
        dtypes.map { _ in signature.operandDType(for: alike) ?? .bool }
      }
    guard expected == dtypes else {
      throw .operandDTypes(place, takes: signature.rule, got: dtypes)
    }
    guard signature.resultDType(for: alike) == result else {
      throw .resultDType(place, gives: signature.resultDType(for: alike), got: result)
    }
  }
}

extension ScalarOp.Signature {
  /// The dtypes that operands may have, in words.
  fileprivate var rule: String {
    switch self {
    case .numeric: "numbers of one dtype"
    case .floating: "floats of one dtype"
    case .comparison: "operands of one dtype"
    case .logical: "bools, or integers of one dtype"
    case .choice: "a bool and operands of one dtype"
    case .conversion: "any operand"
    }
  }
}
