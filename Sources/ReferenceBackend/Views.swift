import Arrays
import SymbolicGraph

extension NDArray {
  /// Returns the same elements under the indices of `view`, whose result has `shape`.
  func seen(through view: View, _ shape: [Int]) throws -> NDArray {
    switch view {
    case .transpose(let permutation): return try transposed(permutation)
    case .reshape: return try reshaped(shape)
    case .expandDims(let axes): return try axes.reduce(self) { try $0.expandedDims($1) }
    case .squeeze(let axes): return try squeezed(axes)
    case .broadcast: return try broadcast(to: shape)
    case .first(let axes):
      if self.shape.contains(0) { return .zeros(dtype, shape: shape) }
      return try axes.reduce(self) { try $0.slice(axis: $1, 0..<1) }
    case .slice(let ranges):
      return try ranges.enumerated().reduce(self) { try $0.taking($1.element, axis: $1.offset) }
    }
  }

  /// Returns the part of one axis; an index keeps its axis, with length 1.
  private func taking(_ range: SliceRange, axis: Int) throws -> NDArray {
    if range.isIndex { return try slice(axis: axis, at: range.from ?? 0).expandedDims(axis) }
    let length = self.shape[axis]
    guard let part = AxisSelection.positions(from: range.from, to: range.to, length: length) else {
      throw GraphError.sliceOutOfRange(range, axis: axis, length: length)
    }
    return try slice(axis: axis, part, step: range.step)
  }
}

/// Returns the arrays, which have one dtype, one after the other along `axis`, repeated along others where
/// they have length 1.
func concatenate(_ parts: [NDArray], _ axis: Int, _ shape: [Int]) throws -> NDArray {
  let parts = try parts.map { part in
    var own = shape
    own[axis] = part.shape[axis]
    return try part.broadcast(to: own).contiguous().checked()
  }
  let result = try NDArray(uninitialized: parts[0].dtype, shape: shape)
  var target = result.start
  for block in 0..<shape[..<axis].reduce(1, *) {
    for part in parts {
      let byteCount = part.shape[axis...].reduce(part.dtype.byteCount, *)
      target.copyMemory(from: part.start + block * byteCount, byteCount: byteCount)
      target += byteCount
    }
  }
  return result
}
