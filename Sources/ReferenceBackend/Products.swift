import Arrays

/// Returns the product of matrices or vectors, summed in `float64` in the order of the inner axis.
func matmul(_ a: NDArray, _ b: NDArray, _ shape: [Int]) throws -> NDArray {
  let rowCount = a.rank == 2 ? a.shape[0] : 1
  let columnCount = b.rank == 2 ? b.shape[1] : 1
  let length = b.shape[0]
  let (left, right) = (try a.reals, try b.reals)
  var sums = [Double](repeating: 0, count: rowCount * columnCount)
  for row in 0..<rowCount {
    // The columns are walked innermost, so that both operands are read in their order.
    for k in 0..<length {
      let factor = left[row * length + k]
      for column in 0..<columnCount {
        sums[row * columnCount + column] += factor * right[k * columnCount + column]
      }
    }
  }
  return try NDArray(sums, a.dtype, shape)
}
