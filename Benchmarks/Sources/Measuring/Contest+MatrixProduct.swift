import Glibc
public import Martlet

extension Contest {
  /// Returns the product of two random square matrices beside the direct call of OpenBLAS.
  public static func matrixProduct(
    _ name: String, _ dtype: DType, _ size: Int, threads: Int
  ) throws -> Contest {
    let a = try normal(dtype, shape: [size, size], seed: inputSeed)
    let b = try normal(dtype, shape: [size, size], seed: inputSeed + 2)
    let product = try Compiled(a, b) {
      let m = Tensor.matrix("m", dtype), n = Tensor.matrix("n", dtype)
      return try Session(threads: threads).function([m, n], matmul(m, n), name: name)
    }
    // Not before Martlet's first product, which may choose other kernels.
    let direct = DirectBLAS(a, b)
    let cblas = direct.contender(threads: threads)
    try cblas.inPlace { try cblas.run(1) }
    let epsilon = dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
    try Disagreement.check(
      name, difference: try greatestDifference(product.result, direct.result),
      within: 320 * epsilon * Double(size).squareRoot())
    return Contest(
      compileSeconds: product.seconds,
      martlet: Contender("martlet") { calls in
        for _ in 0..<calls { _ = try product.function(a, b) }
      },
      limits: [cblas])
  }

  private static func greatestDifference(_ a: NDArray, _ b: NDArray) throws -> Double {
    try a.withElements(of: Double.self) { a in
      try b.withElements(of: Double.self) { b in
        guard a.count == b.count else { return .infinity }
        var greatest = 0.0
        // A NaN must not be lost, as `max` would lose it.
        for i in a.indices where !(abs(a[i] - b[i]) <= greatest) { greatest = abs(a[i] - b[i]) }
        return greatest
      }
    }
  }
}
