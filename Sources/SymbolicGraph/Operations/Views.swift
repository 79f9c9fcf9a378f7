/// Reorders the axes: `result.shape[i] == operand.shape[permutation[i]]`.
package struct Transpose: Operation {
  package let permutation: [Int]

  package init(permutation: [Int]) { self.permutation = permutation }

  package var name: String { "transpose" }
  package var attributes: [Attribute] { [Attribute("axes", permutation)] }
  package var lowering: Lowering { .view(.transpose(permutation)) }

  package func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    let x = operands[0]
    guard permutation.sorted() == Array(0..<x.rank) else {
      throw .notAPermutation(permutation, rank: x.rank)
    }
    return TensorType(x.dtype, permutation.map { x.shape[$0] })
  }
}

/// Gives the elements, in row-major order, another shape.
package struct Reshape: Operation {
  /// The lengths; one may be -1, which stands for what is left.
  package let target: [Int]

  package init(target: [Int]) { self.target = target }

  package var name: String { "reshape" }
  package var attributes: [Attribute] { [Attribute("shape", target)] }
  package var lowering: Lowering { .view(.reshape) }

  package func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    let x = operands[0]
    guard target.allSatisfy({ $0 >= -1 }), target.count(where: { $0 == -1 }) <= 1 else {
      throw .reshapeTarget(target)
    }
    guard let known = product(target.filter { $0 >= 0 }) else {
      throw .sizeOverflow(name, target.map { .fixed($0) })
    }
    let free = target.firstIndex(of: -1)
    var shape: [Extent] = target.map { $0 < 0 ? .unknown : .fixed($0) }
    if let lengths = x.concreteShape, let count = product(lengths) {
      if let free {
        guard known != 0, count % known == 0 else { throw .reshapeCount(x.shape, target) }
        shape[free] = .fixed(count / known)
      } else if known != count {
        throw .reshapeCount(x.shape, target)
      }
    }
    return TensorType(x.dtype, shape)
  }

  private func product(_ lengths: [Int]) -> Int? {
    var product = 1
    for length in lengths {
      let (next, overflow) = product.multipliedReportingOverflow(by: length)
      if overflow { return nil }
      product = next
    }
    return product
  }
}

/// Adds axes of length 1 at the given places of the result.
package struct ExpandDims: Operation {
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package var name: String { "expandDims" }
  package var attributes: [Attribute] { [Attribute("axes", axes)] }
  package var lowering: Lowering { .view(.expandDims(axes)) }

  package func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    var shape = operands[0].shape
    for axis in axes { shape.insert(.fixed(1), at: axis) }
    return TensorType(operands[0].dtype, shape)
  }
}

/// Drops axes of length 1.
package struct Squeeze: Operation {
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package var name: String { "squeeze" }
  package var attributes: [Attribute] { [Attribute("axes", axes)] }
  package var lowering: Lowering { .view(.squeeze(axes)) }

  package func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    let x = operands[0]
    for axis in axes where !x.shape[axis].canEqual(.fixed(1)) {
      throw .squeezeLength(axis, x.shape[axis])
    }
    return TensorType(x.dtype, x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] })
  }
}

/// Repeats the operand along new axes in front and along axes of length 1.
package struct Broadcast: Operation {
  /// The lengths; -1 keeps the operand's.
  package let target: [Int]

  package init(target: [Int]) { self.target = target }

  package var name: String { "broadcast" }
  package var attributes: [Attribute] { [Attribute("shape", target)] }
  package var lowering: Lowering { .view(.broadcast) }

  package func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    let x = operands[0]
    guard target.count >= x.rank, target.allSatisfy({ $0 >= -1 }) else {
      throw .broadcastTarget(x.shape, target)
    }
    var shape: [Extent] = []
    for (axis, length) in target.enumerated() {
      let source = axis - target.count + x.rank
      let own = source < 0 ? Extent.fixed(1) : x.shape[source]
      guard length >= 0 || source >= 0,
        length < 0 || own == .fixed(1) || own.canEqual(.fixed(length))
      else { throw .broadcastTarget(x.shape, target) }
      shape.append(length < 0 ? own : .fixed(length))
    }
    return TensorType(x.dtype, shape)
  }
}
