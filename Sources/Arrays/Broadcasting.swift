/// NumPy's rule for operands of different shapes: shapes are aligned at their last axes, and an axis
/// that is missing or has length 1 is repeated.
public enum Broadcasting {
  /// Returns the shape that `a` and `b` broadcast to, or `nil` if they do not.
  public static func shape(_ a: [Int], _ b: [Int]) -> [Int]? {
    if a == b { return a }
    let (long, short) = a.count >= b.count ? (a, b) : (b, a)
    var result = long
    for (axis, extent) in zip(long.indices.suffix(short.count), short) where extent != 1 {
      guard result[axis] == extent || result[axis] == 1 else { return nil }
      result[axis] = extent
    }
    return result
  }

  /// Returns the shape that all of `shapes` broadcast to; `[]` for none.
  public static func shape(_ shapes: some Sequence<[Int]>) -> [Int]? {
    var result: [Int] = []
    for next in shapes {
      guard let both = shape(result, next) else { return nil }
      result = both
    }
    return result
  }

  /// Returns the axis of the result at which `a` and `b` clash; `nil` if they broadcast.
  package static func clash(_ a: [Int], _ b: [Int]) -> Int? {
    let rank = max(a.count, b.count)
    return (0..<rank).last { axis in
      let (i, j) = (axis - rank + a.count, axis - rank + b.count)
      return i >= 0 && j >= 0 && a[i] != b[j] && a[i] != 1 && b[j] != 1
    }
  }

  /// Returns the strides that make an array of `shape` look like one of `target`: 0 on repeated
  /// axes. `nil` if `shape` does not broadcast to exactly `target`.
  package static func strides(_ shape: [Int], _ strides: [Int], to target: [Int]) -> [Int]? {
    guard shape.count <= target.count else { return nil }
    var result = [Int](repeating: 0, count: target.count)
    for (axis, extent) in shape.enumerated() {
      let place = axis + target.count - shape.count
      if extent == target[place] {
        result[place] = strides[axis]
      } else if extent != 1 {
        return nil
      }
    }
    return result
  }
}
