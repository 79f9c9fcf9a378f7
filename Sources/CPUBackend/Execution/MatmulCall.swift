import Arrays
import KernelIR

/// A matrix product with its operands found among the bases of a call.
final class MatmulCall: CompiledStep, @unchecked Sendable {
  private let launch: MatmulLaunch
  private let type: BLASType
  private let a: (base: Int, byteOffset: Int), b: (base: Int, byteOffset: Int)
  private let c: (base: Int, byteOffset: Int)

  init(_ launch: MatmulLaunch, _ bases: BaseTable) {
    self.launch = launch
    type = launch.dtype == .float32 ? .float32 : .float64
    a = (bases.index(of: launch.a.address.place), launch.a.address.byteOffset)
    b = (bases.index(of: launch.b.address.place), launch.b.address.byteOffset)
    c = (bases.index(of: launch.c.place), launch.c.byteOffset)
  }

  override var mayFail: Bool {
    ![launch.a.leadingStride, launch.b.leadingStride, launch.n].allSatisfy(BLAS.takes)
  }

  override var cost: StepCost {
    BLAS.cost(ofProduct: type, m: launch.m, n: launch.n, k: launch.k)
  }

  override func run(
    _ base: UnsafeBufferPointer<UnsafeMutableRawPointer>, threads: Int
  ) throws {
    let (left, right) = (base[a.base] + a.byteOffset, base[b.base] + b.byteOffset)
    let result = base[c.base] + c.byteOffset
    if launch.m == 1, launch.n == 1 {
      // A row lies in steps of one, a column in steps of its leading stride.
      BLAS.dot(
        type, count: launch.k,
        x: left, incx: launch.a.isTransposed ? launch.a.leadingStride : 1,
        y: right, incy: launch.b.isTransposed ? 1 : launch.b.leadingStride,
        into: result, threads: threads)
    } else {
      try BLAS.gemm(
        type, transposeA: launch.a.isTransposed, transposeB: launch.b.isTransposed, m: launch.m,
        n: launch.n, k: launch.k, a: left, lda: launch.a.leadingStride, b: right,
        ldb: launch.b.leadingStride, c: result, ldc: launch.n, threads: threads)
    }
  }
}
