/// The product of matrices and vectors: the last axis of the left operand against the first of the
/// right one.
struct Matmul: Operation {
  var name: String { "matmul" }
  var lowering: Lowering { .matmul }

  func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    let (a, b) = (operands[0], operands[1])
    for operand in operands where !(1...2).contains(operand.rank) {
      throw .matmulRank(name, operand.rank)
    }
    guard a.shape[a.rank - 1].canEqual(b.shape[0]) else { throw .innerAxes(name, a.shape, b.shape) }
    return TensorType(a.dtype, a.shape.dropLast() + b.shape.dropFirst())
  }
}
