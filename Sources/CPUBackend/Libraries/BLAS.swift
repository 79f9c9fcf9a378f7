import COpenBLAS

/// The element types that BLAS computes with.
package enum BLASType: Sendable, CaseIterable {
  case float32, float64

  /// Bytes from one element to the next.
  var stride: Int {
    switch self {
    case .float32: 4
    case .float64: 8
    }
  }
}

/// Products of matrices and vectors through OpenBLAS. No other file calls it.
///
/// OpenBLAS always runs on one thread here: what is shared among threads is cut into
/// single-threaded calls by `ParallelLoop`, so that one budget covers everything and the bits do
/// not depend on it. Matrices are row-major.
package enum BLAS {
  /// The kernels in use, as OpenBLAS names them: `SkylakeX`.
  package static var core: String {
    prepare()
    return currentCore()
  }

  /// The library's version and build options, as it tells them.
  package static var configuration: String {
    String(cString: openblas_get_config())
  }

  /// Makes the library ready: the right kernels, once, and one thread, whoever has changed that
  /// since.
  @inline(__always)
  static func prepare() {
    _ = chosenCore
    if openblas_get_num_threads() != 1 { openblas_set_num_threads(1) }
  }

  /// Sets the number of threads as other users of the library in the same process may do.
  static func setLibraryThreads(_ threads: Int) { openblas_set_num_threads(Int32(threads)) }

  /// The kernels that the library chose by itself. Asking for them makes it choose again where it
  /// should.
  static let chosenCore: String = {
    let core = currentCore()
    BLASCore.correct(core)
    return core
  }()

  private static func currentCore() -> String { String(cString: openblas_get_corename()) }
}

// MARK: - One function per routine, on one thread

/// A matrix in memory, row-major, or the transpose of one.
struct BLASMatrix {
  let elements: UnsafeRawPointer
  /// Elements from one stored row to the next.
  let stride: Int
  /// Whether the matrix meant is the transpose of the one stored.
  let isTransposed: Bool

  /// Returns the part of the matrix meant that begins at `row` and `column`.
  func from(row: Int, column: Int, _ type: BLASType) -> BLASMatrix {
    let offset = isTransposed ? column * stride + row : row * stride + column
    return BLASMatrix(
      elements: elements + offset * type.stride, stride: stride, isTransposed: isTransposed)
  }

  fileprivate var flag: CBLAS_TRANSPOSE { isTransposed ? CblasTrans : CblasNoTrans }
}

extension BLAS {
  /// Computes `c = alpha * a * b + beta * c` in one call. All extents fit in 32 bits.
  ///
  /// The row-major product is asked for as the column-major product of the transposes. That is what
  /// OpenBLAS does with it, except that it keeps to one algorithm, where a row-major call
  /// chooses another for some sizes, with other bits.
  static func gemmCall(
    _ type: BLASType, m: Int, n: Int, k: Int, alpha: Double, _ a: BLASMatrix, _ b: BLASMatrix,
    beta: Double, _ c: UnsafeMutableRawPointer, stride: Int
  ) {
    let (m, n, k) = (blasint(m), blasint(n), blasint(k))
    let (lda, ldb, ldc) = (blasint(a.stride), blasint(b.stride), blasint(stride))
    switch type {
    case .float32:
      cblas_sgemm(
        CblasColMajor, b.flag, a.flag, n, m, k, Float(alpha), b.elements.floats, ldb,
        a.elements.floats, lda, Float(beta), c.floats, ldc)
    case .float64:
      cblas_dgemm(
        CblasColMajor, b.flag, a.flag, n, m, k, alpha, b.elements.doubles, ldb,
        a.elements.doubles, lda, beta, c.doubles, ldc)
    }
  }

  /// Adds `alpha * a * x` to `y` in one call, `a` having `rows` rows as stored.
  static func gemvCall(
    _ type: BLASType, storedRows rows: Int, storedColumns columns: Int, alpha: Double,
    _ a: BLASMatrix, _ x: BLASVector, _ y: UnsafeMutableRawPointer, yStride: Int
  ) {
    let (rows, columns, lda) = (blasint(rows), blasint(columns), blasint(a.stride))
    switch type {
    case .float32:
      cblas_sgemv(
        CblasRowMajor, a.flag, rows, columns, Float(alpha), a.elements.floats, lda,
        x.elements.floats, blasint(x.stride), 1, y.floats, blasint(yStride))
    case .float64:
      cblas_dgemv(
        CblasRowMajor, a.flag, rows, columns, alpha, a.elements.doubles, lda,
        x.elements.doubles, blasint(x.stride), 1, y.doubles, blasint(yStride))
    }
  }

  /// Returns the inner product of two vectors in one call, computed in their own type.
  static func dotCall(_ type: BLASType, count: Int, _ x: BLASVector, _ y: BLASVector) -> Double {
    let (count, incx, incy) = (blasint(count), blasint(x.stride), blasint(y.stride))
    switch type {
    case .float32:
      return Double(cblas_sdot(count, x.elements.floats, incx, y.elements.floats, incy))
    case .float64:
      return cblas_ddot(count, x.elements.doubles, incx, y.elements.doubles, incy)
    }
  }
}

/// A vector in memory: the first element and the elements from one to the next.
struct BLASVector {
  let elements: UnsafeRawPointer
  let stride: Int

  /// Returns the part of the vector that begins at `index`.
  func from(_ index: Int, _ type: BLASType) -> BLASVector {
    BLASVector(elements: elements + index * stride * type.stride, stride: stride)
  }
}

extension UnsafeRawPointer {
  fileprivate var floats: UnsafePointer<Float> { assumingMemoryBound(to: Float.self) }
  fileprivate var doubles: UnsafePointer<Double> { assumingMemoryBound(to: Double.self) }
}

extension UnsafeMutableRawPointer {
  fileprivate var floats: UnsafeMutablePointer<Float> { assumingMemoryBound(to: Float.self) }
  fileprivate var doubles: UnsafeMutablePointer<Double> { assumingMemoryBound(to: Double.self) }
}
