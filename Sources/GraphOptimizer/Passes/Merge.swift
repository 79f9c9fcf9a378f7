import Arrays
import Scalars
package import SymbolicGraph

/// Computes equal subexpressions once.
///
/// Constants are equal when their dtypes, shapes and bits are; arrays of many elements only when they
/// are one array. Inputs are never equal.
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
    case elements(DType, shape: [Int], [Scalar])
    case array(ObjectIdentifier, DType, offset: Int, shape: [Int], strides: [Int])
    case elementwise(ScalarOp, DType, [Int])
    case other(String, [Attribute], DType, [Int])

    /// How many elements arrays have whose elements are compared.
    private static let most = 64

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
        } else if array.count <= Self.most {
          self = .elements(dtype, shape: array.shape, Self.elements(of: array))
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

    /// The elements in C order.
    private static func elements(of array: NDArray) -> [Scalar] {
      var places = array.count == 0 ? [] : [0]
      for (length, stride) in zip(array.shape, array.strides) {
        places = places.flatMap { place in (0..<length).map { place + $0 * stride } }
      }
      return places.map(array.scalar(at:))
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
