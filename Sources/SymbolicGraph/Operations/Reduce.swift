import Arrays
import Scalars

/// Makes one value of all those along some axes.
package struct Reduce: Operation {
  let reduction: Reduction
  /// The axes, ascending, none negative.
  let axes: [Int]
  let keepDims: Bool
  /// The dtype in which values combine.
  let accumulator: DType
  /// The dtype of the result.
  let dtype: DType

  package var name: String { reduction.rawValue }
  package var lowering: Lowering {
    .reduce(reduction, axes: axes, keepDims: keepDims, accumulator: accumulator)
  }

  package var attributes: [Attribute] {
    var list = [Attribute("axes", axes)]
    if keepDims { list.append(Attribute("keepDims", "true")) }
    if !reduction.isPosition, accumulator != dtype {
      list.append(Attribute("accumulator", accumulator.shortName))
    }
    return list
  }

  package func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    let shape = operands[0].shape
    for axis in axes where !shape.indices.contains(axis) {
      throw .noSuchAxis(name, axis, rank: shape.count)
    }
    if !reduction.hasIdentity, let empty = axes.first(where: { shape[$0] == .fixed(0) }) {
      let restIsEmpty = shape.indices.contains { !axes.contains($0) && shape[$0] == .fixed(0) }
      if !restIsEmpty { throw .emptyExtreme(name, axis: empty) }
    }
    let kept = shape.indices.compactMap { axis in
      axes.contains(axis) ? (keepDims ? Extent.fixed(1) : nil) : shape[axis]
    }
    return TensorType(dtype, kept)
  }
}
