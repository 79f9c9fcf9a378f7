/// What follows from the extents of an array alone.
package enum Shape {
  /// Returns the number of elements; `nil` if an extent is negative or the product overflows.
  ///
  /// A zero anywhere makes the count zero, however large the other extents are; NumPy refuses such
  /// shapes only when the others overflow, and so does this.
  package static func count(_ shape: [Int]) -> Int? {
    var count = 1
    for extent in shape where extent != 0 {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      if overflow || extent < 0 { return nil }
      count = product
    }
    return shape.contains(0) ? 0 : count
  }

  /// Returns the strides, in elements, of an array whose last axis is contiguous (C order).
  package static func contiguousStrides(_ shape: [Int]) -> [Int] {
    var strides = shape
    var stride = 1
    for axis in shape.indices.reversed() {
      strides[axis] = stride
      stride &*= max(shape[axis], 1)
    }
    return strides
  }

  /// Whether elements with these strides lie in C order without gaps; strides of axes with one
  /// element do not matter.
  package static func isContiguous(_ shape: [Int], strides: [Int]) -> Bool {
    var expected = 1
    for axis in shape.indices.reversed() {
      let extent = shape[axis]
      if extent == 0 { return true }
      if extent == 1 { continue }
      if strides[axis] != expected { return shape.contains(0) }
      expected &*= extent
    }
    return true
  }

  /// Returns `axis` counted from the front, or `nil` if an array of `rank` has no such axis.
  package static func axis(_ axis: Int, rank: Int) -> Int? {
    axis >= -rank && axis < rank ? (axis < 0 ? axis + rank : axis) : nil
  }
}
