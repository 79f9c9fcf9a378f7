import Arrays
import KernelIR
import SymbolicGraph

/// How a value lies in memory at one launch.
struct BoundView {
  var address: LaunchPlan.Address
  let dtype: DType
  var shape: [Int]
  var strides: [Int]

  /// The value in C order at `address`.
  init(_ address: LaunchPlan.Address, _ dtype: DType, _ shape: [Int], strides: [Int]? = nil) {
    self.address = address
    self.dtype = dtype
    self.shape = shape
    self.strides = strides ?? Shape.contiguousStrides(shape)
  }

  /// The bytes of its elements, side by side.
  var byteCount: Int { Self.byteCount(dtype, shape) }

  /// The bytes of elements in `shape`, side by side; any number where that is too large for an array.
  static func byteCount(_ dtype: DType, _ shape: [Int]) -> Int {
    shape.reduce(dtype.byteCount) { $0.multipliedReportingOverflow(by: $1).partialValue }
  }

  /// Returns the value that `view` makes of this one, or nil where its elements have to be moved.
  func applying(_ view: View, result shape: [Int]) -> BoundView? {
    var result = self
    result.shape = shape
    switch view {
    case .transpose(let permutation): result.strides = permutation.map { strides[$0] }
    case .expandDims(let axes): for axis in axes { result.strides.insert(0, at: axis) }
    case .squeeze(let axes):
      result.strides = strides.indices.filter { !axes.contains($0) }.map { strides[$0] }
    case .broadcast:
      let added = shape.count - self.shape.count
      result.strides = shape.indices.map { axis in
        axis < added || self.shape[axis - added] != shape[axis] ? 0 : strides[axis - added]
      }
    case .slice(let ranges):
      for (axis, range) in ranges.enumerated() {
        guard let part = range.resolved(length: self.shape[axis]) else { return nil }
        result.address.byteOffset += part.start * strides[axis] * dtype.byteCount
        if part.count > 1 { result.strides[axis] = strides[axis] * range.step }
      }
    case .first:
      // What there is none of has to be made.
      if self.shape.contains(0) { return nil }
    case .reshape:
      guard let strides = reshapedStrides(to: shape) else { return nil }
      result.strides = strides
    }
    return result
  }

  /// The strides under which the elements, in row-major order, have another shape, if there are any.
  private func reshapedStrides(to target: [Int]) -> [Int]? {
    if target.contains(0) { return Shape.contiguousStrides(target) }
    // Runs of axes that are walked through in one stride, outermost first.
    var runs: [(count: Int, stride: Int)] = []
    for (extent, stride) in zip(shape, strides) where extent != 1 {
      if let last = runs.last, last.stride == stride * extent {
        runs[runs.count - 1] = (last.count * extent, stride)
      } else {
        runs.append((extent, stride))
      }
    }
    var result = [Int](repeating: 1, count: target.count)
    var (run, left) = (runs.count - 1, runs.last?.count ?? 1)
    for axis in target.indices.reversed() where target[axis] != 1 {
      if left == 1 {
        run -= 1
        guard run >= 0 else { return nil }
        left = runs[run].count
      }
      guard left % target[axis] == 0 else { return nil }
      result[axis] = runs[run].stride * (runs[run].count / left)
      left /= target[axis]
    }
    return result
  }
}
