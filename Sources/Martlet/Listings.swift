import GraphOptimizer
import Inspection
public import SymbolicGraph

/// The form of a listing.
public enum ListingStyle: Sendable {
  /// As Theano's `debugprint` prints, to the letter.
  case theano
  /// As a drawn tree with types, kernels and source lines.
  case tree
}

/// The form of a formula.
public enum FormulaStyle: Sendable {
  /// Mathematics with few brackets, `4·Σ(x² + y² ≤ 1) / dim(x, 0)`; what is used again is defined first.
  case mathematics
  /// As Theano's `pp` prints.
  case theano
}

/// Returns what a function runs as a tree under each output.
///
/// What is fused into one kernel keeps its lines, which share the number of the kernel's step. Where
/// calls were counted (`profile: true`), the first line of each step tells its time and share.
/// - Parameters:
///   - style: Theano's text, unless said otherwise.
///   - types: Whether Theano's text shows types; the other one always does.
///   - depth: How many levels are shown: all, or the 1000 that there is room for.
public func debugPrint<Output>(
  _ function: Function<Output>, style: ListingStyle = .theano, types: Bool = false,
  depth: Int? = nil
) -> String {
  let plan = function.program.plans.main, times = function.program.stepTimes
  return switch style {
  case .theano: TheanoListing(TheanoGraph(plan), types: types, depth: depth, times: times).text
  case .tree: TreeListing(plan, depth: depth, times: times).text
  }
}

/// Returns expressions as they were written, as a tree each; their mistakes, if they have any.
///
///     print(debugPrint(x ** 2 + y))
///
/// - Parameters: As for a function.
public func debugPrint(
  _ tensors: Tensor..., style: ListingStyle = .theano, types: Bool = false, depth: Int? = nil
) -> String {
  text(of: tensors) { graph in
    switch style {
    case .theano: TheanoListing(TheanoGraph(graph), types: types, depth: depth).text
    case .tree: TreeListing(graph, depth: depth).text
    }
  }
}

/// Returns expressions as formulas, one a line; their mistakes, if they have any.
public func pretty(_ tensors: Tensor..., style: FormulaStyle = .mathematics) -> String {
  text(of: tensors) { $0.formula(style) }
}

/// Returns what a function computes, after all rewriting, as formulas, one a line.
public func pretty<Output>(
  _ function: Function<Output>, style: FormulaStyle = .mathematics
) -> String {
  let plan = function.program.plans.main
  return switch style {
  case .mathematics: plan.graph.formula(style)
  case .theano: TheanoFormula(TheanoGraph(plan)).text
  }
}

extension Graph {
  fileprivate func formula(_ style: FormulaStyle) -> String {
    switch style {
    case .mathematics: Formula(self).text
    case .theano: TheanoFormula(TheanoGraph(self)).text
    }
  }
}

private func text(of tensors: [Tensor], _ write: (Graph) -> String) -> String {
  do { return write(try Graph(inputs: [], outputs: tensors)) } catch { return "\(error)" }
}
