import Arrays
import KernelIR
import Scalars
import Testing

@Suite("The text of kernels")
struct KernelTextTests {
  @Test("A full reduction shows its chunks, and what follows them")
  func reduction() {
    #expect(
      Kernel.pi.text(named: "pi") == """
        kernel pi (x: f64[n], y: f64[n]) -> out: f64[] {
          reduce i in 0..<n                                       -- chunks of at most 65536, combined by a fixed tree
            sum0 = sum i64  le(fma(x[i], x[i], mul(y[i], y[i])), 1)
          finish
            out = div(cast(mul(4, sum0), f64), cast(dim(x, 0), f64))
        }
        """)
  }

  @Test("Stages over rows stand one a line")
  func stages() {
    #expect(
      Kernel.softmax.text(named: "softmax") == """
        kernel softmax (x: f32[m,n]) -> y: f32[m,n] {
          parallel r in 0..<m
            stage 0  for j in 0..<n   max0 = max x[r,j]
            stage 1  for j in 0..<n   t0 = exp(sub(x[r,j], max0));  sum1 = sum t0;  y[r,j] = t0
            stage 2  for j in 0..<n   y[r,j] = div(y[r,j], sum1)
        }
        """)
  }

  @Test("An elementwise kernel has no stages to tell apart")
  func elementwise() {
    #expect(
      Kernel.copy(.int8, rank: 2).description == """
        kernel kernel (x: i8[n0,n1]) -> y: i8[n0,n1] {
          parallel i0 in 0..<n0, i1 in 0..<n1
            y[i0,i1] = x[i0,i1]
        }
        """)
    #expect(
      Kernel.copy(.bool, rank: 0).text(named: "k") == """
        kernel k (x: bool[]) -> y: bool[] {
          once
            y = x
        }
        """)
  }

  @Test("Long values have names and lines of their own")
  func long() {
    var kernel = Kernel.softmax
    var composite = kernel.stages[2].composite
    for _ in 0..<12 {
      composite.results = [composite.append(.tanh, [composite.results[0]], .float32)]
    }
    kernel.stages[2].composite = composite
    #expect(
      kernel.text(named: "k").split(separator: "\n").suffix(4).joined(separator: "\n") == """
            stage 2  for j in 0..<n
              t1 = tanh(tanh(tanh(tanh(tanh(tanh(tanh(tanh(div(y[r,j], sum1)))))))))
              y[r,j] = tanh(tanh(tanh(tanh(t1))))
        }
        """)
  }
}
