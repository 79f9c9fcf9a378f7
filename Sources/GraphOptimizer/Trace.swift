import Arrays
import Scalars
import SymbolicGraph

/// What a pass did.
package struct Trace: Sendable {
  /// How often each rule fired, by name.
  package private(set) var fired: [String: Int] = [:]
  /// What its applications took, by name of the rule: each from the one before it, or from the
  /// beginning. So the time includes finding the place.
  package private(set) var times: [String: Duration] = [:]
  /// Each application of a rule, in order, if the trace records.
  package private(set) var rewritings: [Rewriting] = []
  /// The number in the new graph of what took the place of each equation of the old one, nil where
  /// nothing needs it any more; empty if the trace does not record, or the pass left the graph as it
  /// was.
  package private(set) var places: [Int?] = []

  /// Whether texts are made of every application: they take longer than the rules themselves.
  let isRecording: Bool
  /// What the new graph's values are called: as in the old one, where they came from it.
  private var names: [Int: String] = [:]
  private var oldNames: [String] = []
  /// The old equation that is being added.
  private var current: Int?
  /// Rules that fired for it without a text of their own.
  private var untold: [String] = []

  /// When the last rule was applied.
  private var last = ContinuousClock.now

  package init(recording: Bool = false) { isRecording = recording }

  private mutating func count(_ rule: String) {
    let now = ContinuousClock.now
    fired[rule, default: 0] += 1
    times[rule, default: .zero] += now - last
    last = now
  }

  /// Counts an application of a rule to the equation that is being added.
  package mutating func fire(_ rule: String) {
    count(rule)
    if isRecording { untold.append(rule) }
  }
}

extension Trace {
  /// One application of a rule.
  package struct Rewriting: Sendable, CustomStringConvertible {
    /// The rule with its set or pass, `stabilize/expm1`.
    package let rule: String
    /// The equation of the old graph, or nil for what only another replacement made.
    package let equation: Int?
    fileprivate let label: String
    /// The two forms: `sub(%2, 1)`, `expm1(x)`.
    package let before: String
    package fileprivate(set) var after: String

    /// One line, `stabilize/expm1: %3 = sub(%2, 1) -> expm1(x)`.
    package var description: String { "\(rule): \(label)\(before) -> \(after)" }
  }

  /// Counts an application of a rule to an equation that has not been added to the new graph, and
  /// returns where its result can be told.
  ///
  /// - Parameter isWhole: Whether the equation is the one that is being added, not part of a
  ///   replacement.
  mutating func fire(
    _ rule: String, _ equation: Graph.Equation, isWhole: Bool, in graph: Graph
  ) -> Int? {
    count(rule)
    guard isRecording else { return nil }
    rewritings.append(rewriting(rule, isWhole ? current : nil, text(equation, in: graph)))
    return rewritings.count - 1
  }

  /// Tells what became of the application at `place`.
  mutating func tell(_ place: Int?, _ equation: Graph.Equation, in graph: Graph) {
    if let place { rewritings[place].after = text(equation, in: graph) }
  }

  mutating func tell(_ place: Int?, value: Int, in graph: Graph) {
    if let place { rewritings[place].after = name(value, in: graph) }
  }

  private func rewriting(_ rule: String, _ equation: Int?, _ before: String) -> Rewriting {
    let label = equation.map { oldNames[$0] + " = " } ?? ""
    return Rewriting(rule: rule, equation: equation, label: label, before: before, after: "")
  }
}

extension Trace {
  /// Begins with the graph that is rebuilt.
  mutating func begin(_ graph: Graph) {
    if isRecording { oldNames = graph.valueNames }
  }

  mutating func enter(_ equation: Int) { current = equation }

  /// Notes that `value` took the place of an equation.
  mutating func leave(_ equation: Graph.Equation, _ value: Int, in graph: Graph) {
    guard isRecording, let current else { return }
    // That equal numbers were joined is nothing to tell.
    let isNumber = (equation.operation as? Constant)?.scalar != nil
    for rule in untold where !isNumber {
      var told = rewriting(rule, current, text(equation, in: graph))
      told.after = name(value, in: graph)
      rewritings.append(told)
    }
    untold = []
    if names[value] == nil { names[value] = oldNames[current] }
  }

  /// Ends with the values that took the places of all equations, and with the numbers that those
  /// have when what is not needed has gone.
  mutating func finish(_ values: [Int], _ numbers: [Int]) {
    current = nil
    if isRecording { places = values.map { numbers[$0] < 0 ? nil : numbers[$0] } }
  }

  /// The value's name, or the expression that it is where it has none yet.
  private func name(_ value: Int, in graph: Graph, depth: Int = 0) -> String {
    if let name = names[value] { return name }
    let equation = graph.equations[value]
    if let scalar = (equation.operation as? Constant)?.scalar { return scalar.description }
    return depth < 8 ? text(equation, in: graph, depth: depth + 1) : "…"
  }

  private func text(_ equation: Graph.Equation, in graph: Graph, depth: Int = 0) -> String {
    let parts =
      equation.operands.map { name($0, in: graph, depth: depth) }
      + equation.operation.attributes.map(\.description)
    return "\(equation.operation.name)(\(parts.joined(separator: ", ")))"
  }
}
