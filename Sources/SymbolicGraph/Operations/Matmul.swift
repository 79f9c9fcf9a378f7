import Arrays
import Scalars

/// The product of matrices and vectors: the last axis of the left operand against the first of the
/// right one.
struct Matmul: Operation {
  /// The function that asked for it, as errors name it.
  let product: String

  var name: String { "matmul" }
  var lowering: Lowering { .matmul }

  func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    let (a, b) = (operands[0], operands[1])
    for operand in operands where !(1...2).contains(operand.rank) {
      throw .matmulRank(product, operand.rank)
    }
    guard a.shape[a.rank - 1].canEqual(b.shape[0]) else {
      throw .innerAxes(product, a.shape, b.shape)
    }
    return TensorType(a.dtype, a.shape.dropLast() + b.shape.dropFirst())
  }
}

/// What a product of integers sums: `a[i, k, 1] * b[k, j]`, or `a[i, k] * b[k]`.
///
/// It is a product at every index whose inner axes have one length: 1 does not stretch. Only graphs as written
/// have it.
struct ProductTerms: Operation {
  /// The function that asked for it, as errors name it.
  let product: String
  let dtype: DType

  var name: String { ScalarOp.mul.rawValue }
  var lowering: Lowering { .elementwise(.mul) }

  func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    let (a, b) = (operands[0].shape, operands[1].shape)
    let left = b.count == 2 ? a.dropLast() : a
    guard let inner = left.last, let other = b.first, inner.canEqual(other) else {
      throw .innerAxes(product, left, b)
    }
    return try Elementwise(.mul, dtype).resultType(operands)
  }
}
