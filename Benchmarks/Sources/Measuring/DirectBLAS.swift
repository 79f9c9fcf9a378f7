import CDirectBLAS
public import Martlet

/// Square matrix products by OpenBLAS itself, into memory that is there already.
public final class DirectBLAS {
  private let a: NDArray
  private let b: NDArray
  /// The product, once the contender has run.
  public private(set) var result: NDArray

  /// Takes two square matrices of one size and dtype.
  public init(_ a: NDArray, _ b: NDArray) {
    (self.a, self.b) = (a, b)
    result = NDArray.zeros(a.dtype, shape: a.shape)
  }

  /// The name of the kernels that OpenBLAS uses, which Martlet's first product may change.
  public static var core: String { String(cString: openblas_get_corename()) }

  /// The direct call as a contender.
  public func contender(threads: Int) -> Contender {
    Contender(
      "cblas (\(Self.core))", before: { openblas_set_num_threads(Int32(threads)) },
      run: { [self] in try multiply($0) })
  }

  private func multiply(_ calls: Int) throws {
    switch a.dtype {
    case .float32: try repeatedly(calls, Float.self, single)
    default: try repeatedly(calls, Double.self, double)
    }
  }

  private typealias Product<Element> = (
    _ n: Int32, _ a: UnsafePointer<Element>?, _ b: UnsafePointer<Element>?,
    _ out: UnsafeMutablePointer<Element>?
  ) -> Void

  private func repeatedly<Element: ArrayElement>(
    _ calls: Int, _: Element.Type, _ product: Product<Element>
  ) throws {
    let n = Int32(a.shape[0])
    try a.withElements(of: Element.self) { a in
      try b.withElements(of: Element.self) { b in
        try result.withMutableElements(of: Element.self) { out in
          a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
              out.withUnsafeMutableBufferPointer { out in
                for _ in 0..<calls { product(n, a.baseAddress, b.baseAddress, out.baseAddress) }
              }
            }
          }
        }
      }
    }
  }

  private func single(
    n: Int32, a: UnsafePointer<Float>?, b: UnsafePointer<Float>?, out: UnsafeMutablePointer<Float>?
  ) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, out, n)
  }

  private func double(
    n: Int32, a: UnsafePointer<Double>?, b: UnsafePointer<Double>?,
    out: UnsafeMutablePointer<Double>?
  ) {
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, out, n)
  }
}
