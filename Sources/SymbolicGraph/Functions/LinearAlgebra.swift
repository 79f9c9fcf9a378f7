import Arrays
import Scalars

/// The product of two matrices, of a matrix and a vector, or of two vectors.
///
/// The last axis of `a` and the first of `b` have one length. Floats are multiplied by BLAS; other
/// dtypes are promoted and wrap around.
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor { .product("matmul", a, b) }

/// The product of two vectors, or of matrices, as `matmul`; a scalar multiplies every element.
public func dot(_ a: Tensor, _ b: Tensor) -> Tensor {
  a.node.type?.rank == 0 || b.node.type?.rank == 0 ? a * b : .product("dot", a, b)
}

extension Tensor {
  fileprivate static func product(_ name: String, _ a: Tensor, _ b: Tensor) -> Tensor {
    guard let left = a.node.type, let right = b.node.type else { return a.node.type == nil ? a : b }
    let origin = Origin.capture()
    for type in [left, right] where !(1...2).contains(type.rank) {
      return broken(.matmulRank(name, type.rank), [a, b], origin: origin)
    }
    guard left.shape[left.rank - 1].canEqual(right.shape[0]) else {
      return broken(.innerAxes(name, left.shape, right.shape), [a, b], origin: origin)
    }
    let dtype = TypePromotion.promote(left.dtype, right.dtype)
    if dtype.isFloating {
      return a.cast(to: dtype)
        .applying(Matmul(product: name), [b.cast(to: dtype)], origin: origin)
    }
    return integerProduct(name, a, b, dtype, origin)
  }

  /// `sum over k of a[i, k] * b[k, j]`, which fuses into one kernel.
  private static func integerProduct(
    _ name: String, _ a: Tensor, _ b: Tensor, _ dtype: DType, _ origin: Origin?
  ) -> Tensor {
    let isMatrix = b.node.type?.rank == 2
    // Those of bools are counted.
    let lanes = ScalarOp.mul.definition.signature.operandDType(for: dtype) ?? dtype
    let (x, y) = (a.cast(to: lanes), b.cast(to: lanes))
    let left = isMatrix ? x.expandDims(-1) : x
    let terms = left.applying(ProductTerms(product: name, dtype: lanes), [y], origin: origin)
    return terms.sum(axes: [isMatrix ? -2 : -1], dtype: dtype)
  }

  static func concatenated(_ tensors: [Tensor], axis: Int) -> Tensor {
    let origin = Origin.capture()
    let types = tensors.compactMap(\.node.type)
    guard let first = types.first, types.count == tensors.count else {
      return tensors.isEmpty
        ? broken(.nothingToConcatenate(), [], origin: origin)
        : tensors.first { $0.node.type == nil } ?? tensors[0]
    }
    let dtype = types.dropFirst().reduce(first.dtype) { TypePromotion.promote($0, $1.dtype) }
    do throws(GraphError) {
      let position = try normalized([axis], "concatenate", rank: first.rank)[0]
      let parts = tensors.map { $0.cast(to: dtype) }
      return parts[0].applying(
        Concatenate(axis: position), Array(parts.dropFirst()), origin: origin)
    } catch {
      return broken(error, tensors, origin: origin)
    }
  }
}
