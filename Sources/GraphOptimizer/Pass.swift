package import SymbolicGraph

/// A rewriting of graphs that never changes what they compute.
package protocol Pass: Sendable {
  /// The name in traces.
  var name: String { get }
  /// Returns a graph that computes the same, noting in `trace` which rules fired.
  func run(on graph: Graph, _ trace: inout Trace) -> Graph
}
