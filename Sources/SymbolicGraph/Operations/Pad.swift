/// The operands one after the other along one axis, as `Concatenate` puts them, but that one of length 1 along
/// another axis is repeated along it.
///
/// That is how blocks of one element border what has lengths that nobody knows before the call.
struct Pad: Operation {
  let axis: Int

  var name: String { "pad" }
  var attributes: [Attribute] { [Attribute("axis", "\(axis)")] }
  var lowering: Lowering { .concatenate(axis: axis) }

  func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    var shape = operands[0].shape
    for operand in operands.dropFirst() {
      for other in shape.indices where other != axis {
        let length = operand.shape[other]
        if shape[other] == .fixed(1) {
          shape[other] = length
        } else if length != .fixed(1) {
          guard shape[other].canEqual(length) else {
            throw .notBroadcastable(name, shape, operand.shape, axis: other)
          }
          shape[other] = shape[other].unified(with: length)
        }
      }
    }
    shape[axis] = try length(of: operands)
    return TensorType(operands[0].dtype, shape)
  }

  private func length(of operands: [TensorType]) throws(GraphError) -> Extent {
    var sum = 0
    for operand in operands {
      guard let length = operand.shape[axis].value else { return .unknown }
      let (total, overflow) = sum.addingReportingOverflow(length)
      if overflow { throw .sizeOverflow(name, operand.shape) }
      sum = total
    }
    return .fixed(sum)
  }
}
