extension BLAS {
  /// Computes `y = alpha * a * x + beta * y`, with `a` stored as [rows, columns] and transposed
  /// before use if `transpose` says so.
  ///
  /// With `beta` zero, `y` is written without being read. The bits do not depend on `threads`.
  ///
  /// - Precondition: `incy` is positive.
  /// - Throws: `rowsTooFarApart` when a stride does not fit in 32 bits.
  package static func gemv(
    _ type: BLASType, transpose: Bool = false, rows: Int, columns: Int, alpha: Double = 1,
    a: UnsafeRawPointer, lda: Int, x: UnsafeRawPointer, incx: Int = 1, beta: Double = 0,
    y: UnsafeMutableRawPointer, incy: Int = 1, threads: Int
  ) throws(BLASError) {
    try gemv(
      type, BLASMatrix(elements: a, stride: lda, isTransposed: transpose),
      rows: transpose ? columns : rows, columns: transpose ? rows : columns, alpha: alpha,
      BLASVector(elements: x, stride: incx), beta: beta, y, yStride: incy, threads: threads)
  }

  /// Computes the product of a matrix that has `rows` and `columns` after its transposition.
  static func gemv(
    _ type: BLASType, _ a: BLASMatrix, rows: Int, columns: Int, alpha: Double, _ x: BLASVector,
    beta: Double, _ y: UnsafeMutableRawPointer, yStride: Int, threads: Int
  ) throws(BLASError) {
    guard rows > 0 else { return }
    if columns <= 0 {
      return BLASSums.scale(type, y, count: rows, stride: yStride, by: beta)
    }
    let storedRows = a.isTransposed ? columns : rows
    // The stride of a single row is never used, but checked by the library.
    let a = BLASMatrix(
      elements: a.elements, stride: storedRows == 1 ? 0 : a.stride, isTransposed: a.isTransposed)
    try checkStride("gemv", max(a.stride, yStride))
    prepare()
    withStridedVector(type, x, count: columns) { x in
      GemvProduct(
        type: type, alpha: alpha, a: a, x: x, beta: beta, y: y, yStride: yStride,
        partition: GemvPartition(rows: rows, columns: columns, isTransposed: a.isTransposed)
      ).run(threads: threads)
    }
  }

  /// Calls `body` with `x`, or with a contiguous copy where the library cannot step as `x` does.
  static func withStridedVector(
    _ type: BLASType, _ x: BLASVector, count: Int, _ body: (BLASVector) -> Void
  ) {
    if x.stride > 0, x.stride <= Int(Int32.max) { return body(x) }
    let copy = UnsafeMutableRawPointer.allocate(byteCount: count * type.stride, alignment: 64)
    defer { copy.deallocate() }
    for index in 0..<count {
      (copy + index * type.stride).copyMemory(
        from: x.from(index, type).elements, byteCount: type.stride)
    }
    body(BLASVector(elements: copy, stride: 1))
  }
}

/// How a matrix-vector product is cut into calls, by its shape alone.
struct GemvPartition: Equatable {
  let rows: Int, columns: Int
  /// Rows of the result in a chunk.
  let rowGrain: Int
  /// Elements of the sums in a chunk; where they are not all, partial sums are added up.
  let columnGrain: Int

  /// The elements of a chunk: 256 or 512 KiB, read in some 10 µs.
  static let chunk = 65_536
  /// Elements that lie side by side in a chunk of a transposed matrix: half a page or more.
  static let stripe = 512

  init(rows: Int, columns: Int, isTransposed: Bool) {
    (self.rows, self.columns) = (rows, columns)
    let total = Double(rows) * Double(columns)
    if total <= Double(2 * Self.chunk) {
      (rowGrain, columnGrain) = (rows, columns)
    } else if isTransposed, rows >= 4 * Self.stripe {
      let grain = max(Self.stripe, Self.chunk / columns)
      (rowGrain, columnGrain) = (Self.multiple(of: 64, grain), columns)
    } else if isTransposed {
      let grain = max(Self.chunk / rows, (columns + 15) / 16)
      (rowGrain, columnGrain) = (rows, Self.multiple(of: 16, grain))
    } else if rows < 128, columns >= 2 * Self.chunk {
      (rowGrain, columnGrain) = (rows, Self.chunk)
    } else {
      (rowGrain, columnGrain) = (Self.multiple(of: 16, Self.chunk / columns), columns)
    }
  }

  var rowChunks: Int { ParallelLoop.chunkCount(count: rows, grain: rowGrain) }
  var columnChunks: Int { ParallelLoop.chunkCount(count: columns, grain: columnGrain) }

  private static func multiple(of unit: Int, _ value: Int) -> Int {
    max(1, (value + unit - 1) / unit) * unit
  }
}

/// A matrix-vector product with all that its chunks need to know.
private struct GemvProduct {
  let type: BLASType
  let alpha: Double
  let a: BLASMatrix
  let x: BLASVector
  let beta: Double
  let y: UnsafeMutableRawPointer
  let yStride: Int
  let partition: GemvPartition

  func run(threads: Int) {
    if partition.columnChunks > 1 { return runSums(threads: threads) }
    if partition.rowChunks == 1 { return run(0..<partition.rows) }
    withUnsafePointer(to: self) { product in
      ParallelLoop.run(
        count: partition.rows, grain: partition.rowGrain, threads: threads,
        nanoseconds: nanoseconds, context: product
      ) { context, begin, end, _ in
        context.assumingMemoryBound(to: GemvProduct.self).pointee.run(begin..<end)
      }
    }
  }

  private var nanoseconds: Double {
    Double(partition.columns) * BLASCost.reading(type, partition.rows)
  }

  /// Computes some rows of the result.
  private func run(_ rows: Range<Int>) {
    let y = y + rows.lowerBound * yStride * type.stride
    // The library's own treatment of a beta of zero has differed over the versions.
    BLASSums.scale(type, y, count: rows.count, stride: yStride, by: beta)
    add(rows, 0..<partition.columns, to: y, yStride)
  }

  /// Adds the product of a part of the matrix to the vector at `y`.
  private func add(
    _ rows: Range<Int>, _ columns: Range<Int>, to y: UnsafeMutableRawPointer, _ yStride: Int
  ) {
    let part = a.from(row: rows.lowerBound, column: columns.lowerBound, type)
    let extents = (a.isTransposed ? columns : rows, a.isTransposed ? rows : columns)
    // A single row has no stride; the library wants one that looks right.
    let stride = max(part.stride, extents.1.count)
    BLAS.gemvCall(
      type, storedRows: extents.0.count, storedColumns: extents.1.count, alpha: alpha,
      BLASMatrix(elements: part.elements, stride: stride, isTransposed: a.isTransposed),
      x.from(columns.lowerBound, type), y, yStride: yStride)
  }

  /// Computes parts of the sums apart, then adds them up in order.
  private func runSums(threads: Int) {
    let sums = BLASSums(type, number: partition.columnChunks, count: partition.rows)
    defer { sums.release() }
    ParallelLoop.run(
      count: partition.columns, grain: partition.columnGrain, threads: threads,
      nanoseconds: nanoseconds
    ) { begin, end, chunk in
      BLASSums.scale(type, sums[chunk], count: partition.rows, stride: 1, by: 0)
      add(0..<partition.rows, begin..<end, to: sums[chunk], 1)
    }
    sums.addUp()
    sums.write(from: 0, count: partition.rows, to: y, stride: yStride, beta: beta)
  }
}
