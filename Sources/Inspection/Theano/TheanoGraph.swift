/// A program as Theano would hold it: variables, and the applications that they are results of.
package struct TheanoGraph: Sendable {
  /// A value.
  package struct Variable: Sendable {
    /// The name of the operation that gives it; of a leaf, what stands for it.
    package var text: String
    /// The class of the operation; nil for a leaf.
    package var className: String?
    /// The operands.
    package var inputs: [Int] = []
    /// The type in Theano's words.
    package var type: String
    /// A name of its own: `max` for what `MaxAndArgmax` gives first.
    package var name = ""
    /// Which result of an operation with several it is.
    package var output: Int?
    /// The variable that stands for the application, if another one gave this application its number.
    package var application: Int?
    /// The step of the plan that computes it.
    package var step: Int?
    /// How formulas write it.
    var spelling = TheanoSpelling.call(nil)
  }

  /// The variables, operands before what uses them.
  package internal(set) var variables: [Variable] = []
  /// The results.
  package internal(set) var outputs: [Int] = []
  /// The variable of each value of the graph that was translated.
  package internal(set) var places: [Int] = []
  private var leaves: [String: Int] = [:]

  init() {}

  /// Adds a variable and returns its number.
  mutating func append(_ variable: Variable) -> Int {
    variables.append(variable)
    return variables.count - 1
  }

  /// Adds what an operation gives and returns its number.
  mutating func apply(
    _ name: String, _ className: String, _ inputs: [Int], _ type: String,
    spelling: TheanoSpelling = .call(nil)
  ) -> Int {
    append(
      Variable(text: name, className: className, inputs: inputs, type: type, spelling: spelling))
  }

  /// Returns the constant with this text; Theano keeps one of each.
  mutating func constant(_ text: String, _ type: String) -> Int {
    let key = "\(text) \(type)"
    if let known = leaves[key] { return known }
    let number = append(Variable(text: text, type: type))
    leaves[key] = number
    return number
  }

  /// Adds an `int64` that an operation takes as an index; Theano keeps each of these.
  mutating func index(_ value: Int) -> Int {
    append(Variable(text: "Constant{\(value)}", type: "int64"))
  }
}

/// How formulas write an application.
enum TheanoSpelling: Sendable {
  /// `name(a, b)`; nil for the operation's own name.
  case call(String?)
  case infix(String)
  case negation
  case magnitude
  /// The axes of an operand of some rank in another order; nil stands for an axis of length 1.
  case dimShuffle([Int?], rank: Int)
  /// Part of the first operand; `Constant` stands where an index is an operand.
  case subtensor([String])
}

extension TheanoGraph {
  /// The variable as an operand: its own name, or the operation's and the result's number.
  package func operandText(_ number: Int) -> String {
    let variable = variables[number]
    if variable.className == nil { return variable.text }
    return variable.name.isEmpty ? "\(variable.text).\(variable.output ?? 0)" : variable.name
  }

  /// The application that gives a variable: `Dot22(m, w)`.
  package func applyText(_ number: Int) -> String {
    let inputs = variables[number].inputs.map(operandText).joined(separator: ", ")
    return "\(variables[number].text)(\(inputs))"
  }
}
