package import SymbolicGraph

extension Pipeline {
  /// Whether graphs are verified after every pass unless a caller says otherwise: in debug builds.
  package static let verifiesByDefault: Bool = {
    #if DEBUG
      true
    #else
      false
    #endif
  }()

  /// Returns the graph that all passes make of `graph`, in turn.
  ///
  /// - Parameters:
  ///   - recording: Whether reports tell every rewriting.
  ///   - observer: Called after each pass.
  /// - Throws: What is wrong with the graph that a pass made, if it is looked at.
  package func run(
    on graph: Graph, verifying: Bool = verifiesByDefault, recording: Bool = false,
    _ observer: (PassReport) -> Void = { _ in }
  ) throws(PassError) -> Graph {
    var graph = graph
    for pass in passes {
      let nodesBefore = graph.equations.count
      let clock = ContinuousClock()
      let start = clock.now
      var trace = Trace(recording: recording)
      let result = pass.run(on: graph, &trace)
      let end = clock.now
      let time = end - start
      if verifying { try Self.verify(result, after: pass) }
      observer(
        PassReport(
          pass: pass.name, time: time, verification: clock.now - end, nodesBefore: nodesBefore,
          graph: result, trace: trace))
      graph = result
    }
    return graph
  }

  private static func verify(_ graph: Graph, after pass: any Pass) throws(PassError) {
    do {
      try graph.verify()
    } catch {
      throw PassError(pass: pass.name, reason: error, graph: graph)
    }
  }
}

/// What a pass did to a graph.
package struct PassReport: Sendable, CustomStringConvertible {
  /// The name of the pass.
  package let pass: String
  /// How long it took.
  package let time: Duration
  /// How long looking at what it made took, if that was done.
  package let verification: Duration
  /// How many equations there were before.
  package let nodesBefore: Int
  /// The graph it made.
  package let graph: Graph
  /// What it noted on the way.
  package let trace: Trace
  /// How often each rule fired, by name.
  package var fired: [String: Int] { trace.fired }

  /// One line: the pass, its time, the numbers of equations, the rules that fired.
  package var description: String {
    let microseconds =
      time.components.seconds * 1_000_000 + time.components.attoseconds / 1_000_000_000_000
    let rules = fired.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let padding = String(repeating: " ", count: max(22 - pass.count, 0))
    return "\(pass)\(padding) \(microseconds) µs, \(nodesBefore) to \(graph.equations.count) nodes"
      + (rules.isEmpty ? "" : ": " + rules.joined(separator: ", "))
  }
}

/// A pass that made a malformed graph: a mistake of ours.
package struct PassError: Error, CustomStringConvertible {
  /// The pass, what is wrong, and the text of the graph.
  package let description: String

  init(pass: String, reason: MalformedGraph, graph: Graph) {
    description = "\(pass): \(reason)\n\(graph)"
  }
}
