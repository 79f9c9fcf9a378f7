import Arrays
import Glibc
import ScoreboardWorkloads

extension Workload {
  /// Inputs whose random elements repeat: in a debug build it would take long to make all of them.
  func repeatedArrays() throws -> [NDArray] {
    try inputs.enumerated().map { try $1.repeatedArray($0) }
  }

  /// Inputs of zeros, which the system makes when they are read.
  func zeroArrays() -> [NDArray] { inputs.map { NDArray.zeros($0.dtype, shape: $0.shape) } }
}

extension Input {
  /// How many elements differ: a prime, so that no two chunks or rows are the same.
  private static let period = 100_003

  fileprivate func repeatedArray(_ index: Int) throws -> NDArray {
    let count = shape.reduce(1, *)
    let part = try reshaped([min(count, Self.period)]).array(index)
    let array = try NDArray(uninitialized: dtype, shape: shape)
    var done = part.count * dtype.byteCount
    memcpy(array.start, part.start, done)
    while done < byteCount {
      let more = min(done, byteCount - done)
      memcpy(array.start + done, array.start, more)
      done += more
    }
    return array
  }
}
