package import SymbolicGraph

/// A rewriting of graphs that never changes what they compute.
package protocol Pass: Sendable {
  /// The name in traces.
  var name: String { get }
  /// Returns a graph that computes the same, noting in `trace` which rules fired.
  func run(on graph: Graph, _ trace: inout Trace) -> Graph
}

/// What a pass did.
package struct Trace: Sendable {
  /// How often each rule fired, by name.
  package private(set) var fired: [String: Int] = [:]

  package init() {}

  /// Counts applications of a rule.
  package mutating func fire(_ rule: String, _ count: Int = 1) { fired[rule, default: 0] += count }
}
