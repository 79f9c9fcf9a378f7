package import Martlet

/// What an input of a workload holds: random numbers of one spread.
package struct Input: Sendable {
  package let dtype: DType
  package let shape: [Int]
  private let range: ClosedRange<Double>?

  /// Numbers spread evenly; of integer dtypes whole ones, both ends included.
  static func uniform(
    _ range: ClosedRange<Double>, _ dtype: DType = .float32, _ shape: Int...
  ) -> Input {
    Input(dtype: dtype, shape: shape, range: range)
  }

  /// Numbers with mean 0 and variance 1.
  static func normal(_ dtype: DType = .float32, _ shape: Int...) -> Input {
    Input(dtype: dtype, shape: shape, range: nil)
  }

  /// The `index`-th input of a workload, the same in every process.
  package func array(_ index: Int) throws -> NDArray {
    let seed = inputSeed + 2 * UInt64(index)
    guard let range else { return try .normal(dtype, shape: shape, seed: seed) }
    return .uniform(range, dtype, shape: shape, seed: seed)
  }

  /// An input of the same spread with another shape.
  package func reshaped(_ shape: [Int]) -> Input { Input(dtype: dtype, shape: shape, range: range) }

  /// What stands for the input in an expression; its lengths are known at the call, except those
  /// that stretch.
  func tensor(_ index: Int) -> Tensor {
    Tensor("x\(index)", dtype, shape: shape.map { $0 == 1 ? 1 : .unknown })
  }

  /// The bytes that the input takes.
  package var byteCount: Int { shape.reduce(dtype.byteCount, *) }
}
