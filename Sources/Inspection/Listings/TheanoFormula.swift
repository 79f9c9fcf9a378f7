/// A program as Theano's `pp` writes it: `((x ** TensorConstant{2.0}) + y)`, with brackets around every
/// operator.
package struct TheanoFormula {
  private let theano: TheanoGraph

  /// Writes the results of a program.
  package init(_ theano: TheanoGraph) { self.theano = theano }

  /// What would have more parts than this, repeats counted, defines first what it uses again: Theano
  /// writes it out, which doubles with every reuse.
  private static let longest = 2_000

  private enum Term {
    case variable(Int)
    /// What a variable is made of, also where the variable has a name.
    case definition(Int)
  }

  /// One line for each result, after those of definitions.
  package var text: String {
    var names: [Int: String] = [:]
    var lines: [String] = []
    for number in definitions {
      let name = "t\(names.count)"
      lines.append("\(name) = \(text(.definition(number), names))")
      names[number] = name
    }
    lines += theano.outputs.map { text(.variable($0), names) }
    return lines.map { $0 + "\n" }.joined()
  }

  private func text(_ root: Term, _ names: [Int: String]) -> String {
    NestedText.write(root) { term in
      switch term {
      case .variable(let number): names[number].map { [.text($0)] } ?? pieces(of: number)
      case .definition(let number): pieces(of: number)
      }
    }
  }

  /// The variables to define, operands first.
  private var definitions: [Int] {
    var sizes: [Int] = [], uses = [Int](repeating: 0, count: theano.variables.count)
    for variable in theano.variables {
      sizes.append(min(variable.inputs.reduce(1) { $0 + sizes[$1] }, 1 << 20))
    }
    if theano.outputs.reduce(0, { $0 + sizes[$1] }) <= Self.longest { return [] }
    var needed = Set(theano.outputs)
    for number in theano.variables.indices.reversed() where needed.contains(number) {
      for operand in theano.variables[number].inputs {
        uses[operand] += 1
        needed.insert(operand)
      }
    }
    return theano.variables.indices.filter { uses[$0] > 1 && sizes[$0] > 3 }
  }

  private func pieces(of number: Int) -> [NestedText<Term>.Piece] {
    let variable = theano.variables[number]
    if variable.className == nil { return [.text(variable.text)] }
    let operands = variable.inputs.map { Term.variable($0) }
    switch variable.spelling {
    case .call(let name): return .list(operands, open: "\(name ?? variable.text)(")
    case .infix(let sign): return .list(operands, open: "(", separator: " \(sign) ")
    case .negation: return .list(operands, open: "(-")
    case .magnitude: return .list(operands, open: "|", close: "|")
    case .subtensor(let indices):
      return [.term(operands[0])] + subscripts(indices, operands.dropFirst())
    case .dimShuffle(let order, let rank): return dimShuffle(order, rank, operands[0])
    }
  }

  /// Axes in front are not shown; reversed ones are a transposition.
  private func dimShuffle(
    _ order: [Int?], _ rank: Int, _ operand: Term
  ) -> [NestedText<Term>.Piece] {
    let shown = Array(order.drop { $0 == nil })
    if shown == Array(0..<rank) { return [.term(operand)] }
    if shown == (0..<rank).reversed() { return [.term(operand), .text(".T")] }
    let list = shown.map { $0.map(String.init) ?? "x" }.joined(separator: ", ")
    return .list([operand], open: "DimShuffle{\(list)}(")
  }

  /// Indices are operands; Theano takes them from the last.
  private func subscripts(
    _ indices: [String], _ operands: ArraySlice<Term>
  ) -> [NestedText<Term>.Piece] {
    var rest = Array(operands)
    var pieces: [NestedText<Term>.Piece] = [.text("[")]
    for (position, index) in indices.enumerated() {
      if position > 0 { pieces.append(.text(", ")) }
      if index == "Constant", let operand = rest.popLast() {
        pieces.append(.term(operand))
      } else {
        pieces.append(.text(index))
      }
    }
    return pieces + [.text("]")]
  }
}
