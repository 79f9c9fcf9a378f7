extension BLAS {
  /// Writes the inner product of two vectors to `result`. The bits do not depend on `threads`.
  ///
  /// Long vectors are summed up in chunks, whose sums are added in float64.
  package static func dot(
    _ type: BLASType, count: Int, x: UnsafeRawPointer, incx: Int = 1, y: UnsafeRawPointer,
    incy: Int = 1, into result: UnsafeMutableRawPointer, threads: Int
  ) {
    prepare()
    var total = 0.0
    if count > 0 {
      withStridedVector(type, BLASVector(elements: x, stride: incx), count: count) { x in
        withStridedVector(type, BLASVector(elements: y, stride: incy), count: count) { y in
          total = dot(type, count: count, x, y, threads: threads)
        }
      }
    }
    switch type {
    case .float32: result.storeBytes(of: Float(total), as: Float.self)
    case .float64: result.storeBytes(of: total, as: Double.self)
    }
  }

  private static func dot(
    _ type: BLASType, count: Int, _ x: BLASVector, _ y: BLASVector, threads: Int
  ) -> Double {
    let grain = max(16_384, (count + 1023) / 1024)
    if count <= grain { return dotCall(type, count: count, x, y) }
    let chunks = ParallelLoop.chunkCount(count: count, grain: grain)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: chunks) { sums in
      nonisolated(unsafe) let sums = sums
      ParallelLoop.run(
        count: count, grain: grain, threads: threads,
        nanoseconds: 2 * BLASCost.reading(type, count)
      ) { begin, end, chunk in
        sums[chunk] = dotCall(type, count: end - begin, x.from(begin, type), y.from(begin, type))
      }
      return sums.reduce(0, +)
    }
  }
}
