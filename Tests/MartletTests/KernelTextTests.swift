import Martlet
import Testing

@Suite("Texts of kernels")
struct KernelTextTests {
  /// Programs whose kernels have several buffers of a kind.
  enum Program: CaseIterable {
    case columnSoftmax, standardizedColumns, transposes, shortRows, rowEnds

    var shape: [Int] {
      switch self {
      case .columnSoftmax, .standardizedColumns: [300, 400]
      case .transposes: [256, 256]
      case .shortRows: [1000, 10]
      case .rowEnds: [100, 500]
      }
    }

    func output(_ x: Tensor, _ y: Tensor) -> Tensor {
      switch self {
      case .columnSoftmax: softmax(x + y, axis: 0)
      case .standardizedColumns:
        (x - x.mean(axes: [0], keepDims: true))
          / sqrt(x.variance(axes: [0], keepDims: true) + y.max(axes: [0], keepDims: true))
      case .transposes: x.transpose() * y.transpose() + x
      case .shortRows: softmax(x * y, axis: 1)
      case .rowEnds: log(exp(x).sum(axes: [1])) + sqrt((y * y).sum(axes: [1]))
      }
    }
  }

  @Test(
    "Equal programs have equal texts, whatever order tables are walked in",
    arguments: Program.allCases)
  func equal(program: Program) throws {
    let arrays = [1, 2].map { seed in
      NDArray.uniform(0...1, .float32, shape: program.shape, seed: UInt64(seed))
    }
    let texts = try (0..<10).map { _ in
      let (x, y) = (Tensor.matrix("x", .float32), Tensor.matrix("y", .float32))
      return try Session(threads: 2).function([x, y], program.output(x, y)).llvmText(for: arrays)
    }
    #expect(texts[0].contains("alloca"))
    #expect(Set(texts).count == 1)
  }
}
