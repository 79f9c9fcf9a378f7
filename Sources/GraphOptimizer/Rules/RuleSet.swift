import Scalars

/// Rules that are tried together, in order.
struct RuleSet: Sendable {
  /// The name in traces.
  let name: String
  /// The rules as listed, with those of sets named in the list in their places.
  let rules: [Entry]
  /// Whether any of them contracts products with sums.
  let contracts: Bool
  /// The rules for each operation at the root of their patterns.
  private let rulesByRoot: [ScalarOp: [Entry]]

  /// A rule and the set it was written in.
  struct Entry: Sendable {
    let rule: Rule
    /// What traces call the rule: `stabilize/log1p`.
    let name: String
  }

  init(_ name: String, @Builder _ rules: () -> [Part]) {
    self.name = name
    self.rules = rules().flatMap { part in
      switch part {
      case .rule(let rule): [Entry(rule: rule, name: "\(name)/\(rule.name)")]
      case .set(let set): set.rules
      }
    }
    contracts = self.rules.contains { $0.rule.contracts }
    var table: [ScalarOp: [Entry]] = [:]
    for entry in self.rules {
      if case .apply(let op, _) = entry.rule.pattern { table[op, default: []].append(entry) }
    }
    rulesByRoot = table
  }

  /// The rules written in this set itself.
  var ownRules: [Entry] { rules.filter { $0.name.hasPrefix(name + "/") } }

  /// Returns the rules whose patterns have `op` at their root.
  func rules(for op: ScalarOp) -> [Entry] { rulesByRoot[op] ?? [] }

  /// A line of a table: a rule, or all those of another set.
  enum Part {
    case rule(Rule)
    case set(RuleSet)
  }

  /// Lets rules be written one a line.
  @resultBuilder
  enum Builder {
    static func buildExpression(_ rule: Rule) -> Part { .rule(rule) }
    static func buildExpression(_ set: RuleSet) -> Part { .set(set) }
    static func buildBlock(_ parts: Part...) -> [Part] { parts }
  }
}
