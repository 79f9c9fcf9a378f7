import Martlet
import Testing

@Suite struct FormulaTests {
  @Test("formulas have the brackets they need and no others")
  func brackets() {
    let x = Tensor.vector("x"), y = Tensor.vector("y"), z = Tensor.vector("z")
    let m = Tensor.matrix("m"), w = Tensor.matrix("w"), b = Tensor.vector("b")
    let cases: [(Tensor, String)] = [
      (4 * (x ** 2 + y ** 2 .<= 1).sum() / x.dim(0), "4·Σ(x² + y² ≤ 1) / dim(x, 0)"),
      (x - y - z, "x - y - z"), (x - (y - z), "x - (y - z)"), (x + (y + z), "x + y + z"),
      (x - (y + z), "x - (y + z)"), (x * (y * z), "x·y·z"), (x * (y + z), "x·(y + z)"),
      (x / (y * z), "x / (y·z)"), (x * y / z, "x·y / z"), ((x / y) * z, "(x / y)·z"),
      (x / y / z, "x / y / z"), (-x + y, "-x + y"), (y + -x, "y + (-x)"), (-(x + y), "-(x + y)"),
      (-(-x), "-(-x)"), (-(x * y), "-x·y"), (x * -3, "x·(-3)"), ((-x) ** 2, "(-x)²"),
      (-(x ** 2), "-x²"), (x ** -1, "x⁻¹"), (x ** 0.5, "x^0.5"), (x ** (y + 1), "x^(y + 1)"),
      ((x ** y) ** z, "(x^y)^z"), (x ** (y ** z), "x^(y^z)"), (sqrt(x), "√x"),
      (sqrt(x + 1) * 2, "√(x + 1)·2"), (sqrt(x) ** 2, "(√x)²"), (square(sin(x)), "sin(x)²"),
      (abs(x - y), "|x - y|"), (floorDivide(x, y + 1), "⌊x / (y + 1)⌋"), (x % y, "x mod y"),
      (square(x.sum()), "(Σ(x))²"), (m.sum(axes: [0]), "Σ₀(m)"),
      (m.argmax(axes: [1]), "argmax₁(m)"),
      (m.mean(axes: [1]), "Σ₁(m) / dim(m, 1)"), (m.sum(axes: [0, 1]), "Σ(m)"),
      (matmul(m, transpose(w)) + b, "m @ wᵀ + b"), (matmul(m + w, w), "(m + w) @ w"),
      (matmul(m, matmul(w, m)), "m @ (w @ m)"), (transpose(m + w), "(m + w)ᵀ"),
      (m[1, 2...] * 0.5, "m[1, 2:]·0.5"), (x[.stride(by: -1)], "x[::-1]"),
      (x.cast(to: .int32), "int32(x)"), (x.cast(to: .float32), "x"),
      (`where`((x .< y) .& .!(x .> 0.5), x, -y), "where(x < y ∧ ¬(x > 0.5), x, -y)"),
      ((x .== y) .| (x .!= z), "x = y ∨ x ≠ z"), (max(x, min(y, z)), "max(x, min(y, z))"),
      (concatenate([x, y]), "concatenate(x, y, axis: 0)"),
      (m.reshape([6]), "reshape(m, shape: [6])"),
      (x * Tensor(Double.infinity), "x·∞"), (1 / x, "1 / x"), (reciprocal(x * y), "1 / (x·y)"),
    ]
    for (tensor, text) in cases { #expect(pretty(tensor) == text + "\n") }
  }

  @Test("what is used again is defined first")
  func definitions() {
    let m = Tensor.matrix("m"), e = exp(m - m.max(axes: [1], keepDims: true))
    #expect(
      pretty(e / e.sum(axes: [1], keepDims: true)) == """
        t₀ = exp(m - max₁(m))
        t₀ / Σ₁(t₀)

        """)
  }
}
