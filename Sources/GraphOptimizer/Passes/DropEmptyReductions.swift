import Arrays
import Scalars
package import SymbolicGraph

/// Replaces reductions over no axes, which keep every element, by casts; the position of the only
/// element is 0.
package struct DropEmptyReductions: Pass {
  package let name = "drop-empty-reductions"

  package init() {}

  private static func isEmptyReduction(_ equation: Graph.Equation) -> Bool {
    if case .reduce(_, let axes, _, _) = equation.operation.lowering { axes.isEmpty } else { false }
  }

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    guard graph.equations.contains(where: Self.isEmptyReduction) else { return graph }
    return graph.rebuilt(&trace) { result, equation, trace in
      guard case .reduce(let reduction, let axes, _, let accumulator) = equation.operation.lowering,
        axes.isEmpty
      else { return result.append(equation) }
      trace.fire("drop-empty-reductions/\(reduction.rawValue)")
      var value = result.cast(equation.operands[0], to: accumulator, equation.origins)
      value = result.cast(value, to: equation.type.dtype, equation.origins)
      if !reduction.isPosition { return value }
      let zero = result.append(Graph.Equation(scalar: .zero(.int64), origins: equation.origins))
      if equation.type.rank == 0 { return zero }
      // Nothing but an operation on the operand has its shape where lengths are not known.
      return result.appendElementwise(.and, [value, zero], equation.origins)
    }
  }
}

extension Graph.Equation {
  /// A scalar constant.
  init(scalar: Scalar, origins: [Origin]) {
    self.init(Constant(scalar), [], TensorType(scalar.dtype, []), origins: origins)
  }
}

extension Graph {
  /// Adds an operation on values that broadcast and have the dtypes it takes.
  mutating func appendElementwise(_ op: ScalarOp, _ operands: [Int], _ origins: [Origin]) -> Int {
    let lane = equations[operands[operands.count - 1]].type.dtype
    let dtype = op.definition.signature.resultDType(for: lane)
    return append(Elementwise(op, dtype), operands, origins)
  }

  /// Adds a cast, unless the value has the dtype.
  mutating func cast(_ value: Int, to dtype: DType, _ origins: [Origin]) -> Int {
    equations[value].type.dtype == dtype
      ? value : append(Elementwise(.cast, dtype), [value], origins)
  }

  /// Whether values keep the rules of an operation. Where lengths have names, each of two operands may broadcast
  /// with a third but not with the other.
  func accepts(_ operation: any Operation, _ operands: [Int]) -> Bool {
    (try? operation.resultType(operands.map { equations[$0].type })) != nil
  }

  /// Adds an operation whose type follows from its operands.
  ///
  /// - Precondition: the operands keep the rules of the operation.
  mutating func append(_ operation: any Operation, _ operands: [Int], _ origins: [Origin]) -> Int {
    do throws(GraphError) {
      let type = try operation.resultType(operands.map { equations[$0].type })
      return append(Equation(operation, operands, type, origins: origins))
    } catch {
      preconditionFailure("rewrite: \(error)\n\(self)")
    }
  }
}
