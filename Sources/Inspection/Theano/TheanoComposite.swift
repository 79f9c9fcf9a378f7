import Arrays
import Scalars

/// A fused scalar program as Theano names it: `Composite{LE((sqr(i0) + sqr(i1)), i2)}`.
///
/// Inputs and constants alike are `i0`, `i1` in the order in which they appear. Theano writes what is
/// used more than once as often as it is used; programs that would be long that way define it first:
/// `Composite{t0 = log((i0 + i1)); (sqr(t0) * t0)}`.
struct TheanoComposite {
  /// The name.
  let text: String
  /// What `i0`, `i1` and so on stand for: inputs of the program and constants.
  let inputs: [Composite.Operand]

  /// Names what a program computes for the results at the given places.
  init(_ program: Composite, results: [Composite.Operand]) {
    var writer = CompositeWriter(program, results)
    let definitions = writer.temporaries.map { number in
      let text = writer.text(.line(number))
      return "\(writer.define(number)) = \(text); "
    }
    let texts = results.map { writer.text($0) }
    text = "Composite{\(definitions.joined())\(texts.joined(separator: ", "))}"
    inputs = writer.inputs
  }
}

/// Writes the lines of a program in Theano's notation.
private struct CompositeWriter {
  let program: Composite
  private(set) var inputs: [Composite.Operand] = []
  /// The lines that have a definition of their own.
  private(set) var temporaries: [Int] = []
  private var uses: [Int]
  private var names: [Int: String] = [:]

  /// Programs with more operations than this, repeats counted, define what they use again.
  private static let longestInline = 48

  /// What stands at one place of an expression.
  private enum Term {
    case operand(Composite.Operand)
    /// The product of two operands that are added to something in one step.
    case product(Composite.Operand, Composite.Operand)
  }

  init(_ program: Composite, _ results: [Composite.Operand]) {
    self.program = program
    uses = Array(repeating: 0, count: program.lines.count)
    var needed = Set<Int>()
    for case .line(let number) in results {
      uses[number] += 1
      needed.insert(number)
    }
    for number in program.lines.indices.reversed() where needed.contains(number) {
      for case .line(let operand) in program.lines[number].operands {
        uses[operand] += 1
        needed.insert(operand)
      }
    }
    var sizes: [Int] = []
    for line in program.lines {
      sizes.append(min(line.operands.reduce(1) { $0 + size($1, sizes) }, 1 << 20))
    }
    if results.reduce(0, { $0 + size($1, sizes) }) > Self.longestInline {
      temporaries = needed.sorted().filter { uses[$0] > 1 && sizes[$0] > 1 }
    }
  }

  private func size(_ operand: Composite.Operand, _ sizes: [Int]) -> Int {
    if case .line(let number) = operand { sizes[number] } else { 0 }
  }

  /// Gives a line a name, and returns it.
  mutating func define(_ number: Int) -> String {
    let name = "t\(names.count)"
    names[number] = name
    return name
  }

  mutating func text(_ root: Composite.Operand) -> String {
    var found = inputs
    let text = NestedText.write(Term.operand(root)) { term in
      switch term {
      case .product(let a, let b):
        return a == b
          ? .list([.operand(a)], open: "sqr(")
          : .list([.operand(a), .operand(b)], open: "(", separator: " * ")
      case .operand(.line(let number)):
        return names[number].map { [.text($0)] } ?? pieces(of: program.lines[number])
      case .operand(let leaf):
        if let known = found.firstIndex(of: leaf) { return [.text("i\(known)")] }
        found.append(leaf)
        return [.text("i\(found.count - 1)")]
      }
    }
    inputs = found
    return text
  }

  private func pieces(of line: Composite.Line) -> [NestedText<Term>.Piece] {
    let operands = line.operands.map { Term.operand($0) }
    switch line.operation {
    case .fma:
      if let difference = difference(line) {
        return .list(difference, open: "(", separator: " - ")
      }
      return .list(sum(line), open: "(", separator: " + ")
    case .add: return .list(sum(line), open: "(", separator: " + ")
    case .mul: return .list(product(line), open: "(", separator: " * ")
    case .cast: return .list(operands, open: "Cast{\(line.dtype)}(")
    default: break
    }
    return switch line.operation.theanoName.form {
    case .infix(let sign): .list(operands, open: "(", separator: " \(sign) ")
    case .negation: .list(operands, open: "(-")
    case .call(let name): .list(operands, open: "\(name)(")
    }
  }

  /// What a line adds up, with the sums inside that nothing else uses: Theano's have any number of
  /// operands.
  private func sum(_ line: Composite.Line) -> [Term] {
    flattened(line, { $0.operation == .add || $0.operation == .fma && difference($0) == nil }) {
      line in
      line.operation == .fma
        ? [.product(line.operands[0], line.operands[1]), .operand(line.operands[2])]
        : line.operands.map { .operand($0) }
    }
  }

  /// The two parts of a difference that a fused multiply-add computes with a negated operand.
  private func difference(_ line: Composite.Line) -> [Term]? {
    if let c = negated(line.operands[2]) {
      return [.product(line.operands[0], line.operands[1]), .operand(c)]
    }
    return negated(line.operands[0]).map {
      [.operand(line.operands[2]), .product($0, line.operands[1])]
    }
  }

  /// What `operand` is the negation of, for this use alone.
  private func negated(_ operand: Composite.Operand) -> Composite.Operand? {
    guard case .line(let number) = operand, uses[number] == 1,
      program.lines[number].operation == .neg
    else { return nil }
    return program.lines[number].operands[0]
  }

  private func product(_ line: Composite.Line) -> [Term] {
    flattened(line, { $0.operation == .mul }) { $0.operands.map { .operand($0) } }
  }

  private func flattened(
    _ line: Composite.Line, _ isAlike: (Composite.Line) -> Bool,
    _ terms: (Composite.Line) -> [Term]
  ) -> [Term] {
    var flat: [Term] = []
    var pending = Array(terms(line).reversed())
    while let term = pending.popLast() {
      if case .operand(.line(let number)) = term, uses[number] == 1,
        isAlike(program.lines[number])
      {
        pending += terms(program.lines[number]).reversed()
      } else {
        flat.append(term)
      }
    }
    return flat
  }
}
