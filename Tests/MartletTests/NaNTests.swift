// An expectation stands on the line that its text names.
// swift-format-ignore-file
import Glibc
import Martlet
import Testing

@Suite("Where NaN comes from")
struct NaNTests {
  let x = Tensor.vector("x"), y = Tensor.vector("y")

  @Test("The line that makes NaN of finite operands is named")
  func line() throws {
    let root = log(x)
    let f = try Function([x, y], exp(root * y).sum(), name: "f")
    #expect(try f.explainNaN([1, -1, 4], [1, 1, 1]) == "NaNTests.swift:\(#line - 2): log(x) : f64[3] holds NaN in 1 of 3 elements, and none of its operands does")
    #expect(try f.explainNaN([1, 2, 4], [1, 1, 1]) == nil)
  }

  @Test("Infinities count where there is no NaN")
  func infinity() throws {
    let f = try Function([x, y], [x / y, x + 1])
    #expect(try f.explainNaN([1, 2], [0, 1]) == "NaNTests.swift:\(#line - 1): div(x, y) : f64[2] holds infinity in 1 of 2 elements, and none of its operands does")
    #expect(try f.explainNaN([0, 2], [0, 0])?.contains("holds NaN in 1 of 2") == true)
  }

  @Test("Where expressions are computed as written, what is not stable is blamed")
  func unstable() async throws {
    #expect(try Function([x], -log(sigmoid(x))).explainNaN([-800]) == nil)
    await #expect(processExitsWith: .success) {
      setenv("MARTLET_LLVM", "none", 1)
      setenv("MARTLET_CACHE", "off", 1)
      let x = Tensor.vector("x"), f = try Function([x], -log(sigmoid(x)))
      let results = try f([-800]).elements(as: Double.self), source = try f.explainNaN([-800])
      #expect(results == [Double.infinity])
      #expect(source?.contains(" : f64[1] holds infinity in 1 of 1 elements") == true)
    }
  }

  @Test("What is fed may hold it already")
  func input() throws {
    let f = try Function([x], (x * 2).sum())
    #expect(try f.explainNaN([1, Double.nan])?.hasSuffix("x : f64[2] holds NaN in 1 of 2 elements") == true)
  }

  @Test("Parts counted from the end are looked at as they are")
  func parts() throws {
    let f = try Function([x], log(x[..<(-1)]))
    #expect(try f.explainNaN([-1, 2, 3])?.contains(" : f64[2] holds NaN in 1 of 2 elements") == true)
    #expect(try f.explainNaN([1, 2, -3]) == nil)
  }

  @Test("Numbers that rewriting puts there are not blamed, those of the user are")
  func made() throws {
    let f = try Function([x], exp(log(x)) * 2)
    #expect(try f.explainNaN([-1]) == "NaNTests.swift:\(#line - 1): where(ge(…), x, nan) : f64[1] holds NaN in 1 of 1 elements")
    let g = try Function([x, y], [exp(log(x)), exp(log(y))])
    #expect(try g.explainNaN([1], [-1])?.contains(" where(ge(…), y, nan) : ") == true)
    let root = try Function([x], x ** 0.5)
    #expect(try root.explainNaN([Double.infinity])?.hasSuffix("x : f64[1] holds infinity in 1 of 1 elements") == true)
    let folded = try Function([x], x + log(Tensor(0.0).cast(to: .float64)))
    #expect(try folded.explainNaN([1]) == "NaNTests.swift:\(#line - 1): -inf : f64[] holds infinity in 1 of 1 elements")
    let own = try Function([x], `where`(x .> 0, x, Tensor(Double.infinity)))
    #expect(try own.explainNaN([-1])?.contains("inf : f64[] holds infinity in 1 of 1") == true)
  }

  @Test("What rewriting makes stable is not blamed, nor what no result shows")
  func stable() throws {
    let f = try Function([x], exp(x) / exp(x).sum())
    #expect(try f.explainNaN([1000, 1000]) == nil)
    let g = try Function([x], `where`(x .> 0, log(x), 0))
    #expect(try g.explainNaN([1, -1]) == nil)
    #expect(throws: GraphError.self) { try Function([x, y], x + y).explainNaN([1, 2], [1, 2, 3]) }
  }
}
