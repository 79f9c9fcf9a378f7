import Arrays
import Scalars
import SymbolicGraph

/// Adds equations to a graph in the best form that a rule set knows.
///
/// Operands come before the operations that use them, so when an equation is added all below it is
/// in its best form already, and one walk over a graph suffices.
struct Rewriter {
  private let rules: RuleSet
  private var matcher = Matcher()

  /// How often one equation is rewritten. Rules make terms lighter, so this stops a wrong rule
  /// only.
  private static let most = 64
  /// How deep replacements are rewritten in turn: rules that push operations down would otherwise
  /// walk a long chain with a stack frame for each step.
  private static let deepest = 16

  /// A place where a rule applies.
  private struct Match {
    let entry: RuleSet.Entry
    let bindings: Bindings
    /// Where all that it replaces was written.
    var origins: [Origin] = []
    /// How many replacements it is part of.
    var depth = 0
  }

  init(_ rules: RuleSet) { self.rules = rules }

  /// Learns that a value of the graph will be used more than once, or its negative beside it.
  mutating func share(_ value: Int, of graph: Graph) {
    matcher.catchUp(with: graph)
    matcher.share(value)
  }

  /// Adds an equation, or what is better than it, and returns the number of the value.
  mutating func add(
    _ equation: Graph.Equation, to graph: inout Graph, _ trace: inout Trace, depth: Int = 0
  ) -> Int {
    matcher.catchUp(with: graph)
    var current = matcher.ordered(equation)
    for _ in 0..<Self.most {
      guard depth < Self.deepest, var match = firstMatch(current, graph) else { break }
      let place = trace.fire(match.entry.name, current, isWhole: depth == 0, in: graph)
      match.depth = depth + 1
      match.origins = match.bindings.interior.reduce(current.origins) {
        Origin.joined($0, graph.equations[$1].origins)
      }
      let replacement = match.entry.rule.replacement
      guard case .apply(let op, let terms) = replacement, !replacement.isConstant else {
        let value = build(replacement, match, current.type.dtype, &graph, &trace)
        trace.tell(place, value: value, in: graph)
        return value
      }
      let dtype = laneDType(op, terms, match) ?? current.type.dtype
      let operands = build(terms, of: op, match, dtype, &graph, &trace)
      matcher.catchUp(with: graph)
      current = matcher.ordered(
        Graph.Equation(
          Elementwise(op, current.type.dtype), operands, current.type, origins: match.origins))
      trace.tell(place, current, in: graph)
    }
    return graph.append(current)
  }

  private func firstMatch(_ equation: Graph.Equation, _ graph: Graph) -> Match? {
    guard let op = (equation.operation as? Elementwise)?.op else { return nil }
    for entry in rules.rules(for: op) {
      guard let bindings = matcher.match(entry.rule, op, equation.operands) else { continue }
      let match = Match(entry: entry, bindings: bindings)
      if keepsType(match, equation.type, graph) { return match }
    }
    return nil
  }

  // MARK: - Types

  /// Whether the replacement has the dtype and, at every call, the shape of what it replaces.
  ///
  /// Operands broadcast, so the shape can change only with a variable that is dropped: each axis of
  /// such a value has to have length 1 or that of the others.
  private func keepsType(_ match: Match, _ type: TensorType, _ graph: Graph) -> Bool {
    let rule = match.entry.rule
    if let dtype = dtype(of: rule.replacement, match), dtype != type.dtype { return false }
    if rule.regroups, !broadcastInPairs(rule.replacement.variables, match, graph) { return false }
    if rule.dropped.isEmpty { return true }
    func types(_ variables: some Sequence<Term.Variable>) -> [TensorType] {
      variables.compactMap { match.bindings[$0].map { graph.equations[$0].type } }
    }
    let kept = types(rule.replacement.variables) + [TensorType(type.dtype, [])]
    guard let shape = try? Elementwise(.add, type.dtype).resultType(kept).shape,
      shape.count == type.rank
    else { return false }
    return types(rule.dropped).allSatisfy { dropped in
      zip(dropped.shape.reversed(), shape.reversed()).allSatisfy { own, joint in
        own == .fixed(1) || own == joint && own != .unknown
      }
    }
  }

  /// Whether any two of the values broadcast.
  private func broadcastInPairs(
    _ variables: Set<Term.Variable>, _ match: Match, _ graph: Graph
  ) -> Bool {
    let values = variables.compactMap { match.bindings[$0] }
    return values.indices.allSatisfy { number in
      values[..<number].allSatisfy {
        graph.accepts(Elementwise(.add, .float64), [values[number], $0])
      }
    }
  }

  /// The dtype of a term, or nil if it is a number, which takes that of its neighbours.
  private func dtype(of term: Term, _ match: Match) -> DType? {
    switch term {
    case .variable(let variable): match.bindings[variable].map { matcher.values[$0].dtype }
    case .number: nil
    case .apply(let op, let terms):
      laneDType(op, terms, match).map(op.definition.signature.resultDType)
    }
  }

  /// The dtype that an operation works in, told by the first operand that has one.
  private func laneDType(_ op: ScalarOp, _ terms: [Term], _ match: Match) -> DType? {
    terms.dropFirst(op.isChoice ? 1 : 0).lazy.compactMap { dtype(of: $0, match) }.first
  }

  // MARK: - Replacements

  /// Adds the value of a term that has this dtype.
  private mutating func build(
    _ term: Term, _ match: Match, _ dtype: DType, _ graph: inout Graph, _ trace: inout Trace
  ) -> Int {
    if case .variable(let variable) = term, let value = match.bindings[variable] { return value }
    guard case .apply(let op, let terms) = term, !term.isConstant else {
      let scalar = value(of: term, match, dtype)
      return graph.append(
        Graph.Equation(
          Constant(scalar), [], TensorType(scalar.dtype, []), origins: match.origins))
    }
    let operands = build(terms, of: op, match, laneDType(op, terms, match) ?? dtype, &graph, &trace)
    let operation = Elementwise(op, dtype)
    let types = operands.map { graph.equations[$0].type }
    // Any two of what the match has broadcast: the type rule cannot fail.
    let type = (try? operation.resultType(types)) ?? TensorType(dtype, [])
    return add(
      Graph.Equation(operation, operands, type, origins: match.origins), to: &graph, &trace,
      depth: match.depth)
  }

  private mutating func build(
    _ terms: [Term], of op: ScalarOp, _ match: Match, _ lanes: DType, _ graph: inout Graph,
    _ trace: inout Trace
  ) -> [Int] {
    var operands: [Int] = []
    for (position, term) in terms.enumerated() {
      let isCondition = op.isChoice && position == 0
      operands.append(build(term, match, isCondition ? .bool : lanes, &graph, &trace))
    }
    return operands
  }

  /// Computes a term of scalar constants.
  private func value(of term: Term, _ match: Match, _ dtype: DType) -> Scalar {
    switch term {
    case .number(let number): return Scalar.float(number, .float64).cast(to: dtype)
    case .variable(let variable):
      return match.bindings[variable].flatMap { matcher.values[$0].scalar } ?? .zero(dtype)
    case .apply(let op, let terms):
      let lanes = laneDType(op, terms, match) ?? dtype
      let operands = terms.enumerated().map { position, term in
        value(of: term, match, op.isChoice && position == 0 ? .bool : lanes)
      }
      return op.evaluate(operands, as: dtype)
    }
  }
}

extension ScalarOp {
  /// Whether the first operand is a condition, of another dtype than the others.
  var isChoice: Bool { if case .choice = definition.signature { true } else { false } }
}
