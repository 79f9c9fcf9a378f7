import Arrays

/// The operand with a constant, 0 unless given, around it: before and after the elements of each axis, as
/// often as the pair of `widths` for that axis says.
///
/// The dtype stays: the constant is a literal that has a value in it, or a scalar of that dtype.
public func pad(
  _ x: Tensor, _ widths: [(before: Int, after: Int)], constant: Tensor? = nil
) -> Tensor {
  x.pad(widths, constant: constant)
}

/// The operand with a constant, 0 unless given, `width` times at both ends of every axis.
public func pad(_ x: Tensor, _ width: Int, constant: Tensor? = nil) -> Tensor {
  x.pad(width, constant: constant)
}

extension Tensor {
  /// The operand with a constant, 0 unless given, `width` times at both ends of every axis.
  public func pad(_ width: Int, constant: Tensor? = nil) -> Tensor {
    pad(Array(repeating: (width, width), count: node.type?.rank ?? 0), constant: constant)
  }

  /// The operand with a constant, 0 unless given, around it: before and after the elements of each axis,
  /// as often as the pair of `widths` for that axis says.
  ///
  /// The dtype stays: the constant is a literal that has a value in it, or a scalar of that dtype.
  public func pad(_ widths: [(before: Int, after: Int)], constant: Tensor? = nil) -> Tensor {
    guard let type = node.type else { return self }
    if let constant, constant.node.type == nil { return constant }
    let origin = Origin.capture()
    do throws(GraphError) {
      guard widths.count == type.rank else { throw .padRank(widths.count, rank: type.rank) }
      for (axis, width) in widths.enumerated() where width.before < 0 || width.after < 0 {
        throw .negativePadding(width.before, width.after, axis: axis)
      }
      guard type.isCountable(with: widths) else { throw .padCount(widths) }
      let element = try (constant ?? 0).asPadding(of: type.dtype, origin)
      return widths.enumerated().reduce(self) { padded, next in
        padded.bordered(next.element, axis: next.offset, rank: type.rank, with: element, origin)
      }
    } catch {
      return .broken(error, [self] + (constant.map { [$0] } ?? []), origin: origin)
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

extension TensorType {
  /// Whether the elements can be counted once the borders are there; axes of unknown length are taken as empty.
  fileprivate func isCountable(with widths: [(before: Int, after: Int)]) -> Bool {
    var lengths: [Extent] = []
    for (extent, width) in zip(shape, widths) {
      let border = width.before.addingReportingOverflow(width.after)
      let sum = border.partialValue.addingReportingOverflow(extent.value ?? 0)
      if border.overflow || sum.overflow { return false }
      lengths.append(.fixed(sum.partialValue))
    }
    return TensorType(dtype, lengths).isCountable
  }
}
