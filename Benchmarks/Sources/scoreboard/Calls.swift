import Martlet
import Measuring

extension Contender {
  /// Martlet, calling a function on the same arrays each time; once before anything is measured.
  init(calling function: Function<[NDArray]>, on arrays: [NDArray]) throws {
    _ = try function.call(with: arrays)
    self.init("martlet") { calls in
      for _ in 0..<calls { _ = try function.call(with: arrays) }
    }
  }
}
