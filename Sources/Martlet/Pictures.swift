import Inspection
public import SymbolicGraph

/// What a picture of a function shows.
public enum PictureStage: Sendable {
  /// The expressions as they were written.
  case written
  /// What runs: a frame around what each kernel computes, and library calls.
  case plan
}

extension Function {
  /// Returns a picture in Graphviz's language, with dtype, shape and source line at each node,
  /// and the time of each kernel where calls were counted (`profile: true`).
  ///
  ///     try f.dot().write(toFile: "f.dot", …)    // dot -Tsvg f.dot > f.svg
  public func dot(_ stage: PictureStage = .plan) -> String {
    switch stage {
    case .written: Dot.text(program.graph, name: name)
    case .plan: Dot.text(program.plans.main, name: name, times: program.stepTimes)
    }
  }

  /// Returns a picture as a Mermaid flow chart; it shows what `dot` does.
  public func mermaid(_ stage: PictureStage = .plan) -> String {
    switch stage {
    case .written: Mermaid.text(program.graph)
    case .plan: Mermaid.text(program.plans.main, times: program.stepTimes)
    }
  }
}

extension Tensor {
  /// Returns a picture of the expression in Graphviz's language.
  ///
  /// - Throws: `GraphErrors` with every mistake in the expression.
  public func dot() throws(GraphErrors) -> String {
    Dot.text(try Graph(inputs: [], outputs: [self]), name: "expression")
  }

  /// Returns a picture of the expression as a Mermaid flow chart.
  ///
  /// - Throws: `GraphErrors` with every mistake in the expression.
  public func mermaid() throws(GraphErrors) -> String {
    Mermaid.text(try Graph(inputs: [], outputs: [self]))
  }
}
