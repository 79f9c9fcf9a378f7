package import Arrays
package import Scalars

/// A scalar operation at every index of its operands, which broadcast.
package struct Elementwise: Operation {
  package let op: ScalarOp
  /// The dtype of the result, which for a cast the operands do not tell.
  package let dtype: DType

  package init(_ op: ScalarOp, _ dtype: DType) {
    self.op = op
    self.dtype = dtype
  }

  package var name: String { op.rawValue }
  package var attributes: [Attribute] { op == .cast ? [Attribute("", dtype.shortName)] : [] }
  package var lowering: Lowering { .elementwise(op) }

  package func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    var shape = operands[0].shape
    for operand in operands.dropFirst() {
      let (joint, axis) = TensorType.broadcast(shape, operand.shape)
      guard let joint else { throw .notBroadcastable(name, shape, operand.shape, axis: axis) }
      shape = joint
    }
    return TensorType(dtype, shape)
  }
}
