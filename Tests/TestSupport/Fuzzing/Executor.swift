package import Arrays
import ReferenceBackend
package import SymbolicGraph

/// One way to compute an expression, to be compared with the reference back end.
package struct Executor: Sendable {
  /// What failures call it.
  package let name: String
  /// Computes the outputs.
  package let run: Run

  /// Takes the inputs, the outputs and what is fed.
  package typealias Run = @Sendable ([Tensor], [Tensor], [NDArray]) throws -> [NDArray]

  package init(_ name: String, _ run: @escaping Run) {
    self.name = name
    self.run = run
  }

  /// The reference back end on what `rewrite` makes of the graph.
  package static func reference(
    _ name: String, rewriting rewrite: @escaping @Sendable (Graph) throws -> Graph
  ) -> Executor {
    Executor(name) { inputs, outputs, arrays in
      try ReferenceBackend.run(rewrite(Graph(inputs: inputs, outputs: outputs)), arrays)
    }
  }
}

/// An executor's output that rounding does not explain.
package struct Disagreement: Error, CustomStringConvertible {
  /// Which executor, which output, and how it differs.
  package let description: String

  package init(description: String) { self.description = description }
}

/// How much of what was computed could be compared.
package struct Coverage: Sendable, CustomStringConvertible {
  package var graphs = 0
  package var elements = 0
  /// Elements that are not NaN and whose bound is finite.
  package var compared = 0
  /// Outputs of which no element could be compared.
  package var emptyOutputs = 0
  package var outputs = 0

  package init() {}

  package static func += (a: inout Coverage, b: Coverage) {
    a.graphs += b.graphs
    a.elements += b.elements
    a.compared += b.compared
    a.outputs += b.outputs
    a.emptyOutputs += b.emptyOutputs
  }

  package var description: String {
    let percent = elements == 0 ? 100 : 100 * compared / elements
    return "\(graphs) graphs, \(outputs) outputs (\(emptyOutputs) without a number to compare), "
      + "\(elements) elements (\(percent) % compared)"
  }
}

/// Computes the expression by every executor and compares with the reference back end, allowing for
/// rounding.
///
/// - Returns: How much was compared.
/// - Throws: `Disagreement` with the first difference; what the reference back end throws.
@discardableResult
package func compare(
  _ inputs: [Tensor], _ outputs: [Tensor], _ arrays: [NDArray], by executors: [Executor]
) throws -> Coverage {
  let expected = try Oracle.run(Graph(inputs: inputs, outputs: outputs), arrays)
  for executor in executors {
    let results: [NDArray]
    do { results = try executor.run(inputs, outputs, arrays) } catch {
      throw Disagreement(description: "\(executor.name): throws \(error)")
    }
    guard results.count == expected.count else {
      throw Disagreement(
        description: "\(executor.name): \(results.count) outputs, not \(expected.count)")
    }
    for (number, (result, wanted)) in zip(results, expected).enumerated() {
      if let difference = try wanted.difference(from: result) {
        throw Disagreement(description: "\(executor.name): output \(number): \(difference)")
      }
    }
  }
  var coverage = try expected.reduce(into: Coverage()) { $0 += try $1.coverage }
  coverage.graphs = 1
  return coverage
}

extension Bounded {
  /// How many times the bound a difference may be: the bound speaks of each side's distance from
  /// the exact value, and what a rewritten expression rounds is not quite what the given one does.
  private static let factor = 3.0

  /// Returns how an array differs from this value by more than rounding explains; nil if it does
  /// not.
  fileprivate func difference(from array: NDArray) throws -> String? {
    guard array.dtype == value.dtype, array.shape == value.shape else {
      return "got \(array.typeText), not \(value.typeText)"
    }
    let bounds = try bound?.doubles.map { $0 * Self.factor }
    return try array.firstDifference(from: value, within: bounds)?.description
  }

  fileprivate var coverage: Coverage {
    get throws {
      let bounds = try bound?.doubles
      let compared = try value.doubles.enumerated().count {
        !$0.element.isNaN && bounds?[$0.offset] != .infinity
      }
      var coverage = Coverage()
      (coverage.elements, coverage.compared, coverage.outputs) = (value.count, compared, 1)
      if compared == 0, value.count > 0 { coverage.emptyOutputs = 1 }
      return coverage
    }
  }
}
