// Views: arrays that share the elements of another and see them under other indices.

extension NDArray {
  /// Returns the elements whose index on `axis` lies in `range`, every `step`-th of them.
  ///
  /// A negative step walks the same range from its end. Ranges must lie within the axis.
  public func slice(axis: Int, _ range: Range<Int>, step: Int = 1) throws(ArrayError) -> NDArray {
    let axis = try checkedAxis(axis, "slice")
    let extent = shape[axis]
    guard step != 0 else { throw .zeroStep("slice") }
    guard range.lowerBound >= 0, range.upperBound <= extent else {
      throw .rangeOutOfBounds(
        "slice", from: range.lowerBound, to: range.upperBound, step: step, axis: axis,
        extent: extent)
    }
    var result = self
    result.shape[axis] = range.isEmpty ? 0 : (range.count - 1) / Int(clamping: step.magnitude) + 1
    // With at most one element the stride is never used, and the product might overflow.
    result.strides[axis] = result.shape[axis] > 1 ? strides[axis] * step : strides[axis]
    let first = step > 0 ? range.lowerBound : range.upperBound - 1
    if !range.isEmpty { result.offset += first * strides[axis] }
    return result
  }

  /// Returns the elements at one index of `axis`, without that axis.
  public func slice(axis: Int, at index: Int) throws(ArrayError) -> NDArray {
    let axis = try checkedAxis(axis, "slice")
    guard let fromFront = Shape.axis(index, rank: shape[axis]) else {
      throw .indexOutOfRange("slice", index, axis: axis, extent: shape[axis])
    }
    var result = self
    result.offset += fromFront * strides[axis]
    result.shape.remove(at: axis)
    result.strides.remove(at: axis)
    return result
  }

  /// Returns the array with its axes in the order of `permutation`, reversed if there is none:
  /// `result.shape[i] == shape[permutation[i]]`.
  public func transposed(_ permutation: [Int]? = nil) throws(ArrayError) -> NDArray {
    try checked()
    let given = permutation ?? Array((0..<rank).reversed())
    let axes = given.compactMap { Shape.axis($0, rank: rank) }
    guard axes.count == given.count, axes.sorted() == Array(0..<rank) else {
      throw .notAPermutation(given, rank: rank)
    }
    var result = self
    result.shape = axes.map { shape[$0] }
    result.strides = axes.map { strides[$0] }
    return result
  }

  /// Returns the array with a new axis of length 1 at `axis` of the result.
  public func expandedDims(_ axis: Int) throws(ArrayError) -> NDArray {
    try checked()
    guard let axis = Shape.axis(axis, rank: rank + 1) else {
      throw .noSuchAxis("expandDims", axis, rank: rank + 1, of: "result")
    }
    var result = self
    result.shape.insert(1, at: axis)
    try Self.checkExtents(result.shape, for: "expandDims")
    result.strides.insert(0, at: axis)
    return result
  }

  /// Returns the array without `axes`, which must have length 1; without all such axes if none are
  /// given.
  public func squeezed(_ axes: [Int]? = nil) throws(ArrayError) -> NDArray {
    try checked()
    var dropped = Set(axes == nil ? shape.indices.filter { shape[$0] == 1 } : [])
    for axis in axes ?? [] {
      let axis = try checkedAxis(axis, "squeeze")
      guard shape[axis] == 1 else { throw .cannotSqueeze(axis: axis, extent: shape[axis]) }
      dropped.insert(axis)
    }
    let kept = shape.indices.filter { !dropped.contains($0) }
    var result = self
    result.shape = kept.map { shape[$0] }
    result.strides = kept.map { strides[$0] }
    return result
  }

  /// Returns the array repeated to `target` by NumPy's rule; repeated elements are stored once.
  public func broadcast(to target: [Int]) throws(ArrayError) -> NDArray {
    try checked()
    _ = try Self.byteCount(dtype, target, for: "broadcast")
    guard let strides = Broadcasting.strides(shape, strides, to: target) else {
      throw .notBroadcastable(shape, to: target)
    }
    var result = self
    result.shape = target
    result.strides = strides
    return result
  }

  /// Returns `axis` counted from the front.
  func checkedAxis(_ axis: Int, _ operation: String) throws(ArrayError) -> Int {
    try checked()
    guard let result = Shape.axis(axis, rank: rank) else {
      throw .noSuchAxis(operation, axis, rank: rank)
    }
    return result
  }
}
