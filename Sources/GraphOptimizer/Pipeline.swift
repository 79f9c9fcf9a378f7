/// The passes that a graph goes through, in order.
package struct Pipeline: Sendable {
  package let passes: [any Pass]

  package init(@PipelineBuilder _ passes: () -> [any Pass]) {
    self.passes = passes()
  }
}

/// Lets a pipeline be written as a list.
@resultBuilder
package enum PipelineBuilder {
  package static func buildBlock(_ passes: any Pass...) -> [any Pass] { passes }
}

extension Pipeline {
  /// What every function runs unless told otherwise.
  package static let standard = Pipeline {
    Merge()
    FoldConstants()
    SimplifyCasts()
    DropEmptyReductions()
    Apply(.canonicalize)
    StabilizeLogSumExp()
    Merge()  // A pattern that names a value twice needs it to be one value.
    Apply(.stabilize)
    LiftViews()  // Contractions look for products below sums, not below views.
    Apply(.specialize)
    FoldConstants()
    Merge()
  }
}
