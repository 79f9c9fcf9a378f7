/// The operands of a mistake as its notes show them, `exp(x) : f64[3]`.
enum OperandNotes {
  /// Returns a line for each operand.
  static func lines(_ operands: [(summary: String, type: TensorType?)]) -> [String] {
    operands.map { "\($0.summary) : \($0.type?.description ?? "?")" }
  }

  /// Returns an operation with the names of its operands.
  static func summary(
    _ operation: any Operation, _ operands: [(operation: any Operation, isLeaf: Bool)]
  ) -> String {
    if operands.isEmpty { return leaf(operation) }
    let names = operands.map { $0.isLeaf ? leaf($0.operation) : "\($0.operation.name)(…)" }
    return "\(operation.name)(\(names.joined(separator: ", ")))"
  }

  private static func leaf(_ operation: any Operation) -> String {
    operation.attributes.first?.description ?? operation.name
  }
}

extension Node {
  /// The node as one of the operands of a mistake.
  var asOperand: (summary: String, type: TensorType?) {
    let operands = operands.map { ($0.operation, $0.operands.isEmpty) }
    return (OperandNotes.summary(operation, operands), type)
  }
}

extension Graph {
  /// Returns a value with the names of its operands, `exp(x)`.
  package func summary(of number: Int) -> String {
    let operands = equations[number].operands.map {
      (equations[$0].operation, equations[$0].operands.isEmpty)
    }
    return OperandNotes.summary(equations[number].operation, operands)
  }

  /// Returns the mistake with the operands that `equation` has at a call, and its place.
  func located(_ error: GraphError, at equation: Equation, _ types: [TensorType]) -> GraphError {
    var error = error
    error.origin = equation.origins.first
    let operands = equation.operands.map { (summary(of: $0), Optional(types[$0])) }
    error.notes = OperandNotes.lines(operands) + error.notes
    return error
  }
}
