import Arrays

extension Graph: CustomStringConvertible {
  /// The graph's text.
  ///
  ///     graph     = "graph (" inputs ") -> " types " {" equation* "return " values "}"
  ///     equation  = "%" number " = " operation "(" operands ["," attributes] ")" ": " type
  ///     operand   = "%" number | the name of an input | the value of a constant
  ///
  /// Values are numbered in the order of the program. Inputs and scalar constants stand where they
  /// are used and have no line of their own.
  public var description: String {
    let names = valueNames
    let lines = equations.indices.filter { names[$0].hasPrefix("%") }.map { number in
      ("  \(names[number]) = \(call(number, names))", equations[number].type.description)
    }
    let width = min(lines.map(\.0.count).max() ?? 0, 60)
    let body = lines.map { left, type in
      left + String(repeating: " ", count: max(width - left.count, 0)) + " : \(type)\n"
    }
    let header = inputs.map { "\(names[$0]): \(equations[$0].type)" }.joined(separator: ", ")
    let types = outputs.map { equations[$0].type.description }.joined(separator: ", ")
    let values = outputs.map { names[$0] }.joined(separator: ", ")
    return "graph (\(header)) -> \(types) {\n\(body.joined())  return \(values)\n}"
  }

  /// The operation that gives a value, with its operands and attributes: `sum(%1, axes: [0])`.
  package func call(_ number: Int, _ names: [String]) -> String {
    let equation = equations[number]
    let parts =
      equation.operands.map { names[$0] } + equation.operation.attributes.map(\.description)
    return "\(equation.operation.name)(\(parts.joined(separator: ", ")))"
  }

  /// What texts call each value.
  package var valueNames: [String] {
    var names: [String] = []
    var count = 0
    let labels = inputNames
    for (number, equation) in equations.enumerated() {
      if let label = labels[number] {
        names.append(label)
      } else if let constant = equation.operation as? Constant, let scalar = constant.scalar {
        names.append("\(scalar)")
      } else {
        count += 1
        names.append("%\(count)")
      }
    }
    return names
  }

  /// The names of the inputs: those given, or `input0`, `input1` by position.
  private var inputNames: [Int: String] {
    var names: [Int: String] = [:]
    for (position, input) in inputs.enumerated() {
      names[input] = (equations[input].operation as? Input)?.label?.onOneLine ?? "input\(position)"
    }
    return names
  }
}
