import Arrays
import Scalars
package import SymbolicGraph

/// Computes equal subexpressions once.
///
/// Scalar constants are equal when their dtypes and bits are, arrays when they are one array.
/// Inputs are never equal.
package struct Merge: Pass {
  package let name = "merge"

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    var known: [Key: Int] = [:]
    known.reserveCapacity(graph.equations.count)
    return graph.rebuilt(&trace) { result, equation, trace in
      guard let key = Key(equation) else { return result.append(equation) }
      if let number = known[key] {
        result.equations[number].origins = Origin.joined(
          result.equations[number].origins, equation.origins)
        trace.fire("merge/merge-equal")
        return number
      }
      let number = result.append(equation)
      known[key] = number
      return number
    }
  }

  /// What equal equations have in common.
  private enum Key: Hashable {
    case scalar(Scalar)
    case array(ObjectIdentifier, DType, offset: Int, shape: [Int], strides: [Int])
    case elementwise(ScalarOp, DType, [Int])
    case other(String, [Attribute], DType, [Int])

    init?(_ equation: Graph.Equation) {
      let dtype = equation.type.dtype
      if let elementwise = equation.operation as? Elementwise {
        self = .elementwise(elementwise.op, dtype, Self.sorted(equation.operands, elementwise.op))
        return
      }
      switch equation.operation.lowering {
      case .input: return nil
      case .constant(let array):
        if let scalar = (equation.operation as? Constant)?.scalar {
          self = .scalar(scalar)
        } else {
          self = .array(
            ObjectIdentifier(array.storage), dtype, offset: array.offset, shape: array.shape,
            strides: array.strides)
        }
      case .extent, .elementwise, .reduce, .view, .concatenate, .matmul:
        let operation = equation.operation
        self = .other(operation.name, operation.attributes, dtype, equation.operands)
      }
    }

    /// The operands in an order that does not depend on how a commutative operation was written.
    private static func sorted(_ operands: [Int], _ op: ScalarOp) -> [Int] {
      guard op.isCommutative, operands[0] > operands[1] else { return operands }
      var sorted = operands
      sorted.swapAt(0, 1)
      return sorted
    }
  }
}
