package import Arrays

/// A value that is fed at the call.
package struct Input: Operation {
  package let label: String?
  package let type: TensorType

  package init(label: String?, type: TensorType) {
    self.label = label
    self.type = type
  }

  package var name: String { label ?? "input" }
  package var lowering: Lowering { .input }

  package func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    if type.shape.contains(where: { ($0.value ?? 0) < 0 }) {
      throw .negativeExtent(name, type.shape)
    }
    return type
  }
}

/// A value that is part of the expression.
package struct Constant: Operation {
  package let array: NDArray
  /// The value itself, where there is only one.
  package let scalar: Scalar?

  package init(_ scalar: Scalar) {
    self.array = NDArray(scalar: scalar)
    self.scalar = scalar
  }

  package init(_ array: NDArray) {
    self.array = array
    self.scalar = array.rank == 0 && array.error == nil ? array.scalar(at: 0) : nil
  }

  package var name: String { "constant" }
  package var attributes: [Attribute] { scalar.map { [Attribute("", "\($0)")] } ?? [] }
  package var lowering: Lowering { .constant(array) }

  package func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    if let error = array.error { throw .poisonedArray(error) }
    return TensorType(array.dtype, array.shape.map { .fixed($0) })
  }
}

/// The length of one axis of the operand, as an `int64`.
package struct ExtentOf: Operation {
  package let axis: Int

  package init(axis: Int) { self.axis = axis }

  package var name: String { "dim" }
  package var attributes: [Attribute] { [Attribute("axis", "\(axis)")] }
  package var lowering: Lowering { .extent(axis: axis) }

  package func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    TensorType(.int64, [])
  }
}
