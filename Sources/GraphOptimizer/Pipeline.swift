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
  // Told pass by pass, the types of a long list are checked in no time.
  package static func buildExpression(_ pass: any Pass) -> [any Pass] { [pass] }
  package static func buildPartialBlock(first: [any Pass]) -> [any Pass] { first }
  package static func buildPartialBlock(
    accumulated: [any Pass], next: [any Pass]
  ) -> [any Pass] { accumulated + next }
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
