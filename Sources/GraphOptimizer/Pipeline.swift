/// The passes that a graph goes through, in order.
package struct Pipeline: Sendable {
  package let passes: [any Pass]

  package init(_ passes: [any Pass]) {
    self.passes = passes
  }
}

extension Pipeline {
  /// What every function runs unless told otherwise.
  package static let standard = Pipeline([
    LowerProducts(),
    Merge(),
    FoldConstants(),
    SimplifyCasts(),
    DropEmptyReductions(),
    SimplifyViews(),
    SimplifyReductions(),
    TraceExtents(),
    Apply(.canonicalize),
    Merge(),  // A pattern that names a value twice needs it to be one value.
    StabilizeLogSumExp(),
    StabilizeSoftmax(),
    StabilizeLogAddExp(),
    Merge(),
    ExpandPowers(),
    Apply(.stabilize),
    LiftViews(),  // Contractions look for products below sums, not below views.
    LiftConcatenations(),
    ShiftVariances(),  // Uses operands once more, after which views on them are not lifted.
    ScaleRows(),  // What looks for a softmax looks for its quotient.
    Merge(),  // Products that are used twice are not contracted.
    Apply(.specialize),
    FoldConstants(),
    Merge(),
  ])
}
