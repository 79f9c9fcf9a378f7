import Arrays

/// The operand with `constant` around it: along each axis as many elements before and after its own as
/// the pair of `widths` for the axis says.
///
/// The dtype stays: the constant is a literal that has a value in it, or a scalar of that dtype.
public func pad(
  _ x: Tensor, _ widths: [(before: Int, after: Int)], constant: Tensor = 0
) -> Tensor {
  x.pad(widths, constant: constant)
}

/// The operand with `width` elements, each `constant`, at both ends of every axis.
public func pad(_ x: Tensor, _ width: Int, constant: Tensor = 0) -> Tensor {
  x.pad(width, constant: constant)
}

extension Tensor {
  /// The operand with `width` elements, each `constant`, at both ends of every axis.
  public func pad(_ width: Int, constant: Tensor = 0) -> Tensor {
    pad(Array(repeating: (width, width), count: node.type?.rank ?? 0), constant: constant)
  }

  /// The operand with `constant` around it: along each axis as many elements before and after its own
  /// as the pair of `widths` for the axis says.
  ///
  /// The dtype stays: the constant is a literal that has a value in it, or a scalar of that dtype.
  public func pad(_ widths: [(before: Int, after: Int)], constant: Tensor = 0) -> Tensor {
    guard let type = node.type, constant.node.type != nil else {
      return node.type == nil ? self : constant
    }
    let origin = Origin.capture()
    do throws(GraphError) {
      guard widths.count == type.rank else { throw .padRank(widths.count, rank: type.rank) }
      for (axis, width) in widths.enumerated() where width.before < 0 || width.after < 0 {
        throw .negativePadding(width.before, width.after, axis: axis)
      }
      try Self.checkCount(of: type, with: widths)
      let element = try constant.asPadding(of: type.dtype, origin)
      return widths.enumerated().reduce(self) { padded, next in
        padded.bordered(next.element, axis: next.offset, rank: type.rank, with: element, origin)
      }
    } catch {
      return .broken(error, [self, constant], origin: origin)
    }
  }

  /// Checks that there can be as many elements, those along axes of unknown length left out.
  private static func checkCount(
    of type: TensorType, with widths: [(before: Int, after: Int)]
  ) throws(GraphError) {
    var isCountable = true
    let shape = zip(type.shape, widths).map { extent, width in
      let border = width.before.addingReportingOverflow(width.after)
      let sum = border.partialValue.addingReportingOverflow(extent.value ?? 0)
      isCountable = isCountable && !border.overflow && !sum.overflow
      return border.overflow || sum.overflow ? .max : sum.partialValue
    }
    guard isCountable, TensorType(type.dtype, shape.map { .fixed($0) }).isCountable else {
      throw .sizeOverflow("pad", shape.map { .fixed($0) })
    }
  }

  /// Adds blocks of one element to the ends of one axis.
  private func bordered(
    _ width: (before: Int, after: Int), axis: Int, rank: Int, with element: Tensor,
    _ origin: Origin
  ) -> Tensor {
    func block(_ length: Int) -> [Tensor] {
      if length == 0 { return [] }
      var shape = [Int](repeating: 1, count: rank)
      shape[axis] = length
      return [element.applying(Broadcast(target: shape), origin: origin)]
    }
    let parts = block(width.before) + [self] + block(width.after)
    if parts.count == 1 { return self }
    return parts[0].applying(Pad(axis: axis), Array(parts.dropFirst()), origin: origin)
  }

  /// The element that pads arrays of `dtype`.
  private func asPadding(of dtype: DType, _ origin: Origin) throws(GraphError) -> Tensor {
    guard let type = node.type, type.rank == 0 else {
      throw .padConstantRank(node.type?.shape ?? [])
    }
    if node.isWeak { return try cast(to: dtype, for: "pad", operand: "the operand", origin) }
    guard type.dtype == dtype else { throw .padConstantDType(type.dtype, dtype) }
    return self
  }
}
