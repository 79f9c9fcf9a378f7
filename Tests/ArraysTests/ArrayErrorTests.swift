import Testing

@testable import Arrays

@Suite("Errors of arrays")
struct ArrayErrorTests {
  let a = NDArray.arange(6)

  @Test("Memory that cannot be had, and counts beyond any memory")
  func memory() {
    expectError("zeros: 8589934592 GiB cannot be allocated") {
      try NDArray.zeros(shape: [1 << 60]).checked()
    }
    expectError("ones: 1048576 GiB cannot be allocated") {
      try NDArray.ones(.int8, shape: [1 << 30, 1 << 20]).checked()
    }
    expectError("zeros: shape [4294967296,4294967296] has more elements than can be counted") {
      try NDArray.zeros(shape: [1 << 32, 1 << 32]).checked()
    }
    expectError("full: extents must not be negative; axis 1 of [2,-1] has length -1") {
      try NDArray.full(1, shape: [2, -1]).checked()
    }
    expectError("arange: 16777216 GiB cannot be allocated") {
      try NDArray.arange(1 << 51).checked()
    }
    let ones = [Int](repeating: 1, count: 65)
    expectError("uniform: arrays have at most 64 axes; got 65") {
      try NDArray.uniform(0...1, shape: ones, seed: 0).checked()
    }
    expectError("array: 1.5 KiB cannot be allocated") {
      throw ArrayError.cannotAllocate("array", byteCount: 1536)
    }
    expectError("array: 17 bytes cannot be allocated") {
      throw ArrayError.cannotAllocate("array", byteCount: 17)
    }
  }

  @Test("Factories and literals whose parts do not fit together")
  func making() {
    expectError("array: shape [2,2] has 4 elements; got 3") {
      _ = try NDArray([1, 2, 3], shape: [2, 2])
    }
    expectError("array: shape [] has 1 element; got 0") { _ = try NDArray([Int](), shape: []) }
    expectError(
      "array literal: elements must have equal shapes; element 0 has [2], element 1 has [1]"
    ) {
      try ([[1, 2], [3]] as NDArray).checked()
    }
    expectError("uniform: bounds must be finite; got 0...inf") {
      try NDArray.uniform(0...Double.infinity, shape: [1], seed: 0).checked()
    }
    expectError("uniform: no whole number lies in 0.25...0.75") {
      try NDArray.uniform(0.25...0.75, .int32, shape: [1], seed: 0).checked()
    }
    expectError("arange: the step must not be 0") {
      try NDArray.arange(0, 1, step: 0).checked()
    }
    expectError("arange: bounds must be finite and the step not zero; got 0 to nan by 1") {
      try NDArray.arange(0.0, Double.nan).checked()
    }
  }

  @Test("Elements asked for as another type, or where there are none")
  func elements() {
    expectError(
      """
      elements: elements of int64 are not read as int32, which does not hold all of them
        cast(to:) converts them
      """
    ) { _ = try a.elements(as: Int32.self) }
    expectError("setElement: the array holds int64; got float64") {
      var a = a
      try a.setElement(at: [0], to: 1.5)
    }
    expectError("withMutableElements: the array holds int64; got float32") {
      var a = a
      try a.withMutableElements(of: Float.self) { _ in }
    }
    expectError("scalar: the array must have one element; it is i64[6]") {
      _ = try a.scalar(as: Int.self)
    }
    expectError("element: an array of rank 1 takes 1 index; got 2") {
      _ = try a[0, 0, as: Int.self]
    }
    expectError("element: an array of rank 0 takes 0 indices; got 1") {
      _ = try NDArray(1)[0, as: Int.self]
    }
    expectError(
      "element: index 6 is outside axis 0; its length is 6, so indices are 0 to 5, or -1 to -6"
    ) { _ = try a[6, as: Int.self] }
    expectError("element: index 0 is outside axis 0, which has length 0") {
      _ = try NDArray([Int]())[0, as: Int.self]
    }
  }

  @Test("Axes, ranges and permutations that do not exist")
  func views() {
    expectError(
      "slice: axis 1 does not exist; the array has rank 1, so axes are 0 to 0, or -1 to -1"
    ) { _ = try a.slice(axis: 1, 0..<1) }
    expectError("slice: axis 0 does not exist; the array has rank 0 and no axes") {
      _ = try NDArray(1).slice(axis: 0, at: 0)
    }
    expectError("slice: range 0..<-7 reaches outside axis 0, which has length 6") {
      _ = try a[..<(-7)]
    }
    expectError("slice: range 2..<7 reaches outside axis 0, which has length 6") {
      _ = try a.slice(axis: 0, 2..<7)
    }
    expectError("slice: range 2..<7 by -1 reaches outside axis 0, which has length 6") {
      _ = try a[.stride(2..<7, by: -1)]
    }
    expectError("slice: range from 9 to 0 by -1 reaches outside axis 0, which has length 6") {
      _ = try a[.stride(from: 9, to: 0, by: -1)]
    }
    expectError("slice: range from 9 by -2 reaches outside axis 0, which has length 6") {
      _ = try a[.stride(from: 9, to: nil, by: -2)]
    }
    expectError("slice: the step must not be 0") { _ = try a.slice(axis: 0, 0..<1, step: 0) }
    expectError(
      "slice: index -7 is outside axis 0; its length is 6, so indices are 0 to 5, or -1 to -6"
    ) { _ = try a[-7] }
    expectError("subscript: an array of rank 1 takes at most 1 index; got 2") { _ = try a[0, 0] }
    expectError("subscript: only one of the indices may be an ellipsis") {
      _ = try a[.ellipsis, .ellipsis]
    }
    expectError("transpose: the permutation must name each axis of rank 1 once; got [0,0]") {
      _ = try a.transposed([0, 0])
    }
    expectError("squeeze: axis 0 must have length 1; it has 6") { _ = try a.squeezed([0]) }
    expectError(
      "expandDims: axis 3 does not exist; the result has rank 2, so axes are 0 to 1, or -1 to -2"
    ) { _ = try a.expandedDims(3) }
  }

  @Test("Shapes that do not meet")
  func shapes() {
    expectError("reshape: [6] does not have as many elements as [4]") { _ = try a.reshaped([4]) }
    expectError("reshape: [6] does not have as many elements as [4,-1]") {
      _ = try a.reshaped([4, -1])
    }
    expectError(
      "reshape: [3,0] does not have as many elements as [0,-1]\n"
        + "  -1 could be any length beside one of 0"
    ) { _ = try NDArray.zeros(shape: [3, 0]).reshaped([0, -1]) }
    expectError("reshape: only one extent may be -1; got [-1,-1]") { _ = try a.reshaped([-1, -1]) }
    expectError("reshape: extents must not be negative; axis 0 of [-2,-3] has length -2") {
      _ = try a.reshaped([-2, -3])
    }
    expectError("broadcast: shape [6] does not broadcast to [5]") { _ = try a.broadcast(to: [5]) }
    expectError("broadcast: shape [4611686018427387904,6] has more elements than can be counted") {
      _ = try a.broadcast(to: [1 << 62, 6])
    }
    expectError(
      "add: shapes [3,4] and [5] do not broadcast; axis 1 has lengths 4 and 5"
    ) { throw ArrayError.notBroadcastable("add", [3, 4], [5]) }
  }

  @Test("A file that another process shortens while it is read")
  func shortened() {
    expectError("a.npy: the file has 80 bytes; reading ended after 64") {
      throw ArrayError.shortened("a.npy", expected: 80, found: 64)
    }
  }
}
