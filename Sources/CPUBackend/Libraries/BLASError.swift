/// What BLAS cannot be asked for.
package enum BLASError: Error, Equatable, CustomStringConvertible {
  /// Rows of a matrix lie further apart than the library's 32-bit integers can say.
  case rowsTooFarApart(routine: String, stride: Int)

  package var description: String {
    switch self {
    case .rowsTooFarApart(let routine, let stride):
      "\(routine): rows of a matrix may start at most \(Int32.max) elements apart; got \(stride)"
    }
  }
}
