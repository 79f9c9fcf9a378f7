import Glibc
import Martlet

/// The seed of every workload's inputs.
let inputSeed: UInt64 = 20_261_123

extension NDArray {
  /// Returns random numbers with mean 0 and variance 1, which the method of Box and Muller makes of
  /// evenly spread ones.
  static func normal(_ dtype: DType, shape: [Int], seed: UInt64) throws -> NDArray {
    // The logarithm of 0 is avoided.
    var numbers = NDArray.uniform(0x1p-53...1, shape: shape, seed: seed)
    let turns = NDArray.uniform(0...1, shape: shape, seed: seed + 1)
    try turns.withElements(of: Double.self) { turns in
      try numbers.withMutableElements(of: Double.self) { numbers in
        for i in turns.indices {
          numbers[i] = sqrt(-2 * log(numbers[i])) * cos(2 * Double.pi * turns[i])
        }
      }
    }
    return numbers.cast(to: dtype)
  }
}
