import Glibc

extension BLAS {
  /// Computes `c = alpha * a * b + beta * c` with `a` of shape [m, k], `b` of [k, n] and `c` of [m,
  /// n].
  ///
  /// With `beta` zero, `c` is written without being read. The bits do not depend on `threads`.
  ///
  /// - Parameters:
  ///   - transposeA: `a` is stored as [k, m]; likewise `transposeB`, [n, k].
  ///   - lda: elements from one stored row of `a` to the next; likewise `ldb` and `ldc`.
  /// - Throws: `rowsTooFarApart` when a stride does not fit in 32 bits.
  package static func gemm(
    _ type: BLASType, transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
    alpha: Double = 1, a: UnsafeRawPointer, lda: Int, b: UnsafeRawPointer, ldb: Int,
    beta: Double = 0, c: UnsafeMutableRawPointer, ldc: Int, threads: Int
  ) throws(BLASError) {
    guard m > 0, n > 0 else { return }
    let left = BLASMatrix(elements: a, stride: lda, isTransposed: transposeA)
    let right = BLASMatrix(elements: b, stride: ldb, isTransposed: transposeB)
    guard k > 0, m > 1, n > 1 else {
      return try gemmOfVector(
        type, m: m, n: n, k: max(k, 0), alpha: alpha, left, right, beta: beta, c, ldc: ldc,
        threads: threads)
    }
    try checkStride("gemm", max(lda, ldb, ldc))
    prepare()
    if GemmPartition.isOnePiece(m: m, n: n, k: k) {
      return gemmCall(
        type, m: m, n: n, k: k, alpha: alpha, left, right, beta: beta, c, stride: ldc)
    }
    GemmProduct(
      type: type, alpha: alpha, beta: beta, a: left, b: right, c: c, stride: ldc,
      partition: GemmPartition(m: m, n: n, k: k, threads: threads, processors: processors)
    ).run(threads: threads)
  }

  /// Computes a product with one row, one column or nothing to add up, for which gemv is the better
  /// routine: gemm packs both operands and reads a vector's matrix twice.
  private static func gemmOfVector(
    _ type: BLASType, m: Int, n: Int, k: Int, alpha: Double, _ a: BLASMatrix, _ b: BLASMatrix,
    beta: Double, _ c: UnsafeMutableRawPointer, ldc: Int, threads: Int
  ) throws(BLASError) {
    if k == 0 {
      for row in 0..<m {
        BLASSums.scale(type, c + row * ldc * type.stride, count: n, stride: 1, by: beta)
      }
    } else if n == 1 {
      let x = BLASVector(elements: b.elements, stride: b.isTransposed ? 1 : b.stride)
      try gemv(
        type, a, rows: m, columns: k, alpha: alpha, x, beta: beta, c, yStride: ldc, threads: threads
      )
    } else {
      let x = BLASVector(elements: a.elements, stride: a.isTransposed ? a.stride : 1)
      let transposed = BLASMatrix(
        elements: b.elements, stride: b.stride, isTransposed: !b.isTransposed)
      try gemv(
        type, transposed, rows: n, columns: k, alpha: alpha, x, beta: beta, c, yStride: 1,
        threads: threads)
    }
  }

  /// What a product takes on one thread, and about how many pieces threads can share.
  static func cost(ofProduct type: BLASType, m: Int, n: Int, k: Int) -> StepCost {
    if m == 1 || n == 1 || k == 0 {
      let elements = m * n * k
      return StepCost(
        nanoseconds: BLASCost.reading(type, elements), pieces: elements / GemvPartition.chunk)
    }
    let partition = GemmPartition(
      m: m, n: n, k: k, threads: processors, processors: processors)
    return StepCost(
      nanoseconds: BLASCost.call + BLASCost.product(type, m, n, k), pieces: partition.pieces)
  }

  /// Throws when a stride does not fit the library's integers.
  static func checkStride(_ routine: String, _ stride: Int) throws(BLASError) {
    if !takes(stride: stride) { throw .rowsTooFarApart(routine: routine, stride: stride) }
  }

  /// Whether a stride fits the library's integers.
  static func takes(stride: Int) -> Bool { stride <= Int(Int32.max) }

  /// How many processors the machine has. The process may be allowed fewer; its bits shall not
  /// tell.
  private static let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_CONF)))
}

/// A matrix product with all that its pieces need to know.
private struct GemmProduct {
  let type: BLASType
  let alpha: Double, beta: Double
  let a: BLASMatrix, b: BLASMatrix
  let c: UnsafeMutableRawPointer
  let stride: Int
  let partition: GemmPartition

  /// Extents along which one call may go, well within 32 bits.
  static let longestCall = 1 << 30

  func run(threads: Int) {
    let nanoseconds = BLASCost.product(type, partition.m, partition.n, partition.k)
    if partition.innerPanels > 1 { return runSums(threads: threads, nanoseconds) }
    if partition.pieces == 1 { return run(partition.piece(0), c, stride, beta) }
    withUnsafePointer(to: self) { product in
      ParallelLoop.run(
        count: partition.pieces, grain: 1, threads: threads, nanoseconds: nanoseconds,
        context: product
      ) { context, index, _, _ in
        let product = context.assumingMemoryBound(to: GemmProduct.self)
        let piece = product.pointee.partition.piece(index)
        product.pointee.run(piece, product.pointee.c, product.pointee.stride, product.pointee.beta)
      }
    }
  }

  /// Computes one piece into the matrix that starts at `c`.
  func run(
    _ piece: GemmPartition.Piece, _ c: UnsafeMutableRawPointer, _ stride: Int, _ beta: Double
  ) {
    let (row, column) = (piece.rows.lowerBound, piece.columns.lowerBound)
    var inner = piece.inner.lowerBound
    while inner < piece.inner.upperBound {
      let end = min(inner + Self.longestCall, piece.inner.upperBound)
      BLAS.gemmCall(
        type, m: piece.rows.count, n: piece.columns.count, k: end - inner, alpha: alpha,
        a.from(row: row, column: inner, type), b.from(row: inner, column: column, type),
        beta: inner == piece.inner.lowerBound ? beta : 1,
        c + (row * stride + column) * type.stride, stride: stride)
      inner = end
    }
  }

  /// Computes a small result of long sums: parts of the sums apart, then their sum in order.
  private func runSums(threads: Int, _ nanoseconds: Double) {
    let count = partition.m * partition.n
    let sums = BLASSums(type, number: partition.innerPanels, count: count)
    defer { sums.release() }
    ParallelLoop.run(
      count: partition.pieces, grain: 1, threads: threads, nanoseconds: nanoseconds
    ) { index, _, _ in
      let piece = partition.piece(index)
      run(piece, sums[piece.sum], partition.n, 0)
    }
    sums.addUp()
    for row in 0..<partition.m {
      sums.write(
        from: row * partition.n, count: partition.n, to: c + row * stride * type.stride, stride: 1,
        beta: beta)
    }
  }
}
