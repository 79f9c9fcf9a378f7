extension NDArray {
  /// Returns the elements, in C order, under another shape of as many; one extent may be -1, which
  /// stands for what is left. A view where the strides allow it, else a copy.
  public func reshaped(_ target: [Int]) throws(ArrayError) -> NDArray {
    try checked()
    let target = try Self.completed(target, from: shape)
    if let strides = Self.strides(shape, strides, seenAs: target) {
      var result = self
      result.shape = target
      result.strides = strides
      return result
    }
    var result = try copied(as: dtype, for: "reshape").checked()
    result.shape = target
    result.strides = Shape.contiguousStrides(target)
    return result
  }

  /// Returns `target` with its open extent filled in.
  private static func completed(_ target: [Int], from shape: [Int]) throws(ArrayError) -> [Int] {
    let open = target.indices.filter { target[$0] == -1 }
    if open.count > 1 { throw .severalOpenExtents(target) }
    let count = shape.reduce(1, *)
    var result = target
    if let axis = open.first { result[axis] = 1 }
    try checkExtents(result, for: "reshape")
    if let axis = open.first {
      guard let others = Shape.count(result), others > 0, count % others == 0 else {
        throw .cannotReshape(shape, to: target)
      }
      result[axis] = count / others
    }
    guard Shape.count(result) == count else { throw .cannotReshape(shape, to: target) }
    return result
  }

  /// Returns strides under which the elements can be seen in the shape `target`, if there are any.
  ///
  /// Both shapes are cut into the shortest groups of axes with equal products; each group of the old
  /// shape must lie in memory as one run.
  static func strides(_ shape: [Int], _ strides: [Int], seenAs target: [Int]) -> [Int]? {
    if Shape.isContiguous(shape, strides: strides) { return Shape.contiguousStrides(target) }
    var result = [Int](repeating: 0, count: target.count)
    let old = shape.indices.filter { shape[$0] != 1 }
    var (next, axis) = (0, 0)
    while next < old.count {
      let first = next
      var (oldCount, newCount) = (shape[old[next]], 1)
      let firstAxis = axis
      next += 1
      while oldCount != newCount {
        if newCount < oldCount {
          newCount *= target[axis]
          axis += 1
        } else {
          guard strides[old[next - 1]] == strides[old[next]] * shape[old[next]] else { return nil }
          oldCount *= shape[old[next]]
          next += 1
        }
      }
      for place in first + 1..<next {
        let (outer, inner) = (old[place - 1], old[place])
        guard strides[outer] == strides[inner] * shape[inner] else { return nil }
      }
      var stride = strides[old[next - 1]]
      for newAxis in (firstAxis..<axis).reversed() {
        result[newAxis] = stride
        stride *= target[newAxis]
      }
    }
    return result
  }
}
