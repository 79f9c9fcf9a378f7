package import Arrays
package import SymbolicGraph

/// A random expression as a list of steps, from which both tensors and source text are made.
package struct Recipe: Sendable {
  /// Where a step finds an operand.
  package enum Operand: Hashable, Sendable {
    /// The value of an earlier step.
    case value(Int)
    /// A literal, whose dtype gives way.
    case literal(Scalar)
  }

  /// One step: what is done, and with what.
  package struct Step: Sendable {
    package var form: Form
    package var operands: [Operand] = []

    package init(_ form: Form, _ operands: [Operand] = []) {
      self.form = form
      self.operands = operands
    }

    /// The numbers of the earlier steps it uses.
    package var values: [Int] {
      operands.compactMap { if case .value(let number) = $0 { number } else { nil } }
    }
  }

  /// The steps; each uses earlier ones only.
  package var steps: [Step] = []
  /// The numbers of the steps whose values are returned.
  package var outputs: [Int] = []

  package init() {}
}

extension Recipe {
  /// A recipe's expression and what is fed to it.
  package struct Built: Sendable {
    package let inputs: [Tensor]
    package let outputs: [Tensor]
    package let arrays: [NDArray]
    /// The value of every step.
    package let values: [Tensor]
  }

  /// Makes the tensors and the arrays.
  package func built() throws -> Built {
    var values: [Tensor] = []
    var inputs: [Tensor] = []
    var arrays: [NDArray] = []
    for (number, step) in steps.enumerated() {
      let operands = step.operands.map { operand in
        switch operand {
        case .value(let number): values[number]
        case .literal(let scalar): Tensor(literal: scalar)
        }
      }
      values.append(try step.form.apply(operands, name: name(number)))
      if case .input(let sample, _) = step.form {
        inputs.append(values[number])
        arrays.append(try sample.array)
      }
    }
    return Built(
      inputs: inputs, outputs: outputs.map { values[$0] }, arrays: arrays, values: values)
  }

  /// The recipe as the body of a test.
  package var text: String {
    var lines: [String] = []
    var (inputs, arrays): ([String], [String]) = ([], [])
    for (number, step) in steps.enumerated() {
      let operands = step.operands.map { operand in
        switch operand {
        case .value(let number): name(number)
        case .literal(let scalar): scalar.literalText
        }
      }
      lines.append("let \(name(number)) = \(step.form.text(operands, name: name(number)))")
      if case .input(let sample, _) = step.form {
        inputs.append(name(number))
        arrays.append("    \(sample.text),\n")
      }
    }
    let results = outputs.map(name).joined(separator: ", ")
    return """
      \(lines.joined(separator: "\n"))
      try expectAgreement(
        [\(inputs.joined(separator: ", "))], [\(results)],
        [
      \(arrays.joined())  ])
      """
  }

  /// What texts call a step.
  private func name(_ number: Int) -> String {
    if case .input = steps[number].form { "x\(number)" } else { "v\(number)" }
  }

  /// Returns the recipe without the steps that no output needs.
  package func pruned() -> Recipe {
    var isNeeded = [Bool](repeating: false, count: steps.count)
    for output in outputs { isNeeded[output] = true }
    for number in steps.indices.reversed() where isNeeded[number] {
      for value in steps[number].values { isNeeded[value] = true }
    }
    var places = [Int](repeating: 0, count: steps.count)
    var result = Recipe()
    for (number, step) in steps.enumerated() where isNeeded[number] {
      places[number] = result.steps.count
      let operands = step.operands.map { operand in
        if case .value(let number) = operand { Operand.value(places[number]) } else { operand }
      }
      result.steps.append(Step(step.form, operands))
    }
    result.outputs = outputs.map { places[$0] }
    return result
  }
}

extension Tensor {
  /// The tensor that a literal of this value makes.
  init(literal scalar: Scalar) {
    switch scalar {
    case .bool(let value): self.init(booleanLiteral: value)
    case .int(let value, _): self.init(integerLiteral: Int(value))
    case .uint(let value, _): self.init(integerLiteral: Int(clamping: value))
    case .float(let value, _): self.init(floatLiteral: value)
    }
  }
}

extension Scalar {
  /// The literal as source text.
  fileprivate var literalText: String { swiftText.hasPrefix("-") ? "(\(swiftText))" : swiftText }
}
