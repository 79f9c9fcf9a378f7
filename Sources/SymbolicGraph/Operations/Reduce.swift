package import Arrays
package import Scalars

/// Makes one value of all those along some axes.
package struct Reduce: Operation {
  package let reduction: Reduction
  /// The axes, ascending, none negative.
  package let axes: [Int]
  /// Whether the axes stay, with length 1.
  package let keepDims: Bool
  /// The dtype in which values combine.
  package let accumulator: DType
  /// The dtype of the result.
  package let dtype: DType
  /// Whether the extreme of no values is what every value beats, infinite for floats, rather than
  /// an error. Users cannot ask for it; rewriting does where that value has no influence.
  package let allowsEmpty: Bool

  package init(
    _ reduction: Reduction, axes: [Int], keepDims: Bool, accumulator: DType, dtype: DType,
    allowsEmpty: Bool = false
  ) {
    self.reduction = reduction
    self.axes = axes
    self.keepDims = keepDims
    self.accumulator = accumulator
    self.dtype = dtype
    self.allowsEmpty = allowsEmpty
  }

  package var name: String { reduction.rawValue }
  package var lowering: Lowering {
    .reduce(
      accumulator == .bool ? reduction.ofBools : reduction, axes: axes, keepDims: keepDims,
      accumulator: accumulator)
  }

  package var attributes: [Attribute] {
    var list = [Attribute("axes", axes)]
    if keepDims { list.append(Attribute("keepDims", "true")) }
    if !reduction.isPosition, accumulator != dtype {
      list.append(Attribute("accumulator", accumulator.shortName))
    }
    if allowsEmpty { list.append(Attribute("allowsEmpty", "true")) }
    return list
  }

  package func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    let shape = operands[0].shape
    for axis in axes where !shape.indices.contains(axis) {
      throw .noSuchAxis(name, axis, rank: shape.count)
    }
    if !reduction.hasIdentity, !allowsEmpty,
      let empty = axes.first(where: { shape[$0] == .fixed(0) })
    {
      let restIsEmpty = shape.indices.contains { !axes.contains($0) && shape[$0] == .fixed(0) }
      if !restIsEmpty { throw .emptyExtreme(name, axis: empty) }
    }
    let kept = shape.indices.compactMap { axis in
      axes.contains(axis) ? (keepDims ? Extent.fixed(1) : nil) : shape[axis]
    }
    return TensorType(dtype, kept)
  }
}
