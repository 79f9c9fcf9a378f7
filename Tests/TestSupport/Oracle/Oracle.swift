package import Arrays
import ReferenceBackend
import Scalars
package import SymbolicGraph

/// Runs a graph in the reference back end and works out beside each value how far a correct back
/// end may be from it: a forward analysis of rounding errors.
package enum Oracle {
  /// Returns the outputs of `graph`, which the optimizer has not touched, with their bounds.
  package static func run(_ graph: Graph, _ inputs: [NDArray]) throws -> [Bounded] {
    let fed = inputs.map { TensorType($0.dtype, $0.shape.map { .fixed($0) }) }
    let types = try graph.types(forInputs: fed)
    var values: [Bounded] = []
    var arrays = inputs.makeIterator()
    for (equation, type) in zip(graph.equations, types) {
      let operands = equation.operands.map { values[$0] }
      if case .input = equation.operation.lowering {
        guard let array = arrays.next() else { throw OracleFailure("an input is not fed") }
        values.append(Bounded(array))
      } else {
        values.append(try value(of: equation.operation.lowering, operands, type))
      }
    }
    return graph.outputs.map { values[$0] }
  }

  private static func value(
    of lowering: Lowering, _ operands: [Bounded], _ type: TensorType
  ) throws -> Bounded {
    switch lowering {
    case .input, .constant, .extent:
      return Bounded(try ReferenceBackend.value(of: lowering, operands.map(\.value), type))
    case .elementwise(let op): return try elementwise(op, operands, type)
    case .reduce(let reduction, let axes, let keepDims, let accumulator):
      let x = try converted(operands[0], to: accumulator)
      let inner = TensorType(reduction.isPosition ? type.dtype : accumulator, type.shape)
      let lowering = Lowering.reduce(
        reduction, axes: axes, keepDims: keepDims, accumulator: accumulator)
      let value = try ReferenceBackend.value(of: lowering, [x.value], inner)
      return try converted(reduced(x, reduction, axes, value), to: type.dtype)
    case .view, .concatenate: return try moved(lowering, operands, type)
    case .matmul:
      let value = try ReferenceBackend.value(of: lowering, operands.map(\.value), type)
      return try product(operands[0], operands[1], value)
    }
  }

  /// Bounds move with their elements.
  private static func moved(
    _ lowering: Lowering, _ operands: [Bounded], _ type: TensorType
  ) throws -> Bounded {
    func move(_ arrays: [NDArray?]) throws -> NDArray? {
      if arrays.allSatisfy({ $0 == nil }) { return nil }
      let filled = zip(arrays, operands).map { $0 ?? NDArray.zeros(shape: $1.value.shape) }
      return try ReferenceBackend.value(of: lowering, filled, TensorType(.float64, type.shape))
    }
    let value = try ReferenceBackend.value(of: lowering, operands.map(\.value), type)
    return Bounded(
      value, bound: try move(operands.map(\.bound)), slack: try move(operands.map(\.slack)))
  }
}

/// The oracle was asked wrongly: a mistake in a test.
struct OracleFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
