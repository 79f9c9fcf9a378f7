import SymbolicGraph

extension Graph {
  /// Returns the graph made by asking `add` for the value of every equation in turn, without what
  /// no output needs.
  ///
  /// - Parameters:
  ///   - trace: Told of every equation, and handed to `add`.
  ///   - add: Takes the new graph so far and an equation whose operands are values of it, and
  ///     returns the number of a value of it that takes the equation's place. Inputs stay.
  func rebuilt(
    _ trace: inout Trace, _ add: (inout Graph, Equation, inout Trace) -> Int
  ) -> Graph {
    rebuilt(&trace) { result, equation, _, trace in add(&result, equation, &trace) }
  }

  /// Likewise, with the number of the equation in this graph.
  func rebuilt(
    _ trace: inout Trace, _ add: (inout Graph, Equation, Int, inout Trace) -> Int
  ) -> Graph {
    trace.begin(self)
    var result = Graph()
    result.equations.reserveCapacity(equations.count)
    var numbers: [Int] = []
    numbers.reserveCapacity(equations.count)
    for (number, equation) in equations.enumerated() {
      let equation = equation.renumbered(numbers)
      trace.enter(number)
      numbers.append(add(&result, equation, number, &trace))
      trace.leave(equation, numbers[number], in: result)
    }
    result.inputs = inputs.map { numbers[$0] }
    result.outputs = outputs.map { numbers[$0] }
    let (graph, places) = result.removingDead()
    trace.finish(numbers, places)
    return graph
  }

  /// Returns the graph without equations that no output needs, and the number there of each; inputs
  /// are kept, for they are fed.
  ///
  /// What only the length of an axis is asked of is needed too: its shape follows from its
  /// operands.
  private func removingDead() -> (graph: Graph, numbers: [Int]) {
    var isNeeded = [Bool](repeating: false, count: equations.count)
    for value in inputs + outputs { isNeeded[value] = true }
    for number in equations.indices.reversed() where isNeeded[number] {
      for operand in equations[number].operands { isNeeded[operand] = true }
    }
    if isNeeded.allSatisfy({ $0 }) { return (self, Array(equations.indices)) }
    var result = Graph()
    var numbers = [Int](repeating: -1, count: equations.count)
    for number in equations.indices where isNeeded[number] {
      numbers[number] = result.append(equations[number].renumbered(numbers))
    }
    result.inputs = inputs.map { numbers[$0] }
    result.outputs = outputs.map { numbers[$0] }
    return (result, numbers)
  }
}

extension Graph.Equation {
  /// Returns the equation with its operands called by their new numbers.
  fileprivate func renumbered(_ numbers: [Int]) -> Self {
    // Most operands keep their number; not writing to them spares a copy of the array.
    var result = self
    for (place, operand) in operands.enumerated() where numbers[operand] != operand {
      result.operands[place] = numbers[operand]
    }
    return result
  }
}

extension Origin {
  /// How many places one equation remembers. A long chain that becomes one equation would otherwise
  /// carry all of them from step to step.
  private static let most = 16

  /// Returns the first few of both.
  static func joined(_ first: [Origin], _ rest: [Origin]) -> [Origin] {
    first + rest.prefix(Swift.max(most - first.count, 0))
  }
}
