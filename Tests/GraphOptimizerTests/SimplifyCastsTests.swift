import Arrays
import Scalars
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("SimplifyCasts")
struct SimplifyCastsTests {
  @Test("looks through casts that lose nothing and drops those to the own dtype")
  func chain() throws {
    let x = Tensor("x", .int8, shape: [4])
    let there = x.cast(to: .int32).cast(to: .float64)
    #expect(
      try text(there, there.cast(to: .int8), after: SimplifyCasts()) == """
        graph (x: i8[4]) -> f64[4], i8[4] {
          %1 = cast(x, f64) : f64[4]
          return %1, x
        }
        """)
  }

  @Test("agrees with both casts for every three dtypes where it drops one")
  func exhaustive() {
    let samples: [Scalar] = [
      0, 1, -1, 127, 128, 255, 256, -129, 70_000, 3e9, -3e9, 1e19, 0.5, -2.75,
    ]
    .flatMap { value in DType.allCases.map { Scalar(value as Double).cast(to: $0) } }
    for source in DType.allCases {
      for middle in DType.allCases {
        for target in DType.allCases
        where SimplifyCasts.isRedundant(source, through: middle, to: target) {
          let isRight = samples.allSatisfy { sample in
            let x = sample.cast(to: source)
            return x.cast(to: middle).cast(to: target) == x.cast(to: target)
          }
          #expect(isRight, "\(source) through \(middle) to \(target)")
        }
      }
    }
  }

  @Test("keeps the stop where integers would wrap instead of saturating")
  func saturation() {
    #expect(!SimplifyCasts.isRedundant(.int32, through: .float64, to: .int8))
    #expect(SimplifyCasts.isRedundant(.int32, through: .int64, to: .int8))
    #expect(!SimplifyCasts.isRedundant(.int64, through: .float64, to: .float32))
  }
}
