internal import Arrays
internal import KernelIR
internal import Scalars

/// How the state of a running reduction is held, and so how it is combined.
enum ReductionForm: Hashable {
  /// A value, combined by an instruction.
  case values(Instruction)
  /// The least or the greatest float, and a flag that a NaN was seen: one instruction each, which do
  /// not wait for each other as the instruction that does both would.
  case extreme(Instruction)
  /// The least or the greatest of the floats that are no NaN. Something else tells whether one was, or nobody asks.
  case bareExtreme(Instruction)
  /// One bit a lane in a plain integer: whether all bools so far were true, or any was.
  case bits(isAll: Bool)
  /// The number of true bools of each lane.
  case laneCounts
  /// The number of true bools of all lanes together, in a scalar.
  case commonCount
  /// The best value and the position where it stood first.
  case position

  /// - Parameters:
  ///   - isCount: Whether the values are bools that are counted.
  ///   - watchesNaN: Whether an extreme of floats has to look for NaN itself.
  ///   - lanesAreJoined: Whether the lanes become one value in the end.
  init(
    _ accumulator: Accumulator, isCount: Bool, watchesNaN: Bool, lanes: Int,
    lanesAreJoined: Bool, _ target: VectorTarget
  ) {
    func extreme(_ instruction: Instruction) -> ReductionForm {
      guard accumulator.dtype.isFloating, lanes > 1 else { return .values(instruction) }
      return watchesNaN ? .extreme(instruction) : .bareExtreme(instruction)
    }
    let isBool = accumulator.dtype == .bool
    // A masked subtraction counts with one instruction, as long as the counts fit one register.
    let fits = lanes * accumulator.dtype.byteCount <= target.vectorByteCount
    self =
      switch accumulator.reduction {
      case .sum: !isCount ? .values(.add) : lanesAreJoined && !fits ? .commonCount : .laneCounts
      case .prod: .values(.mul)
      case .min: isBool ? .bits(isAll: true) : extreme(.min)
      case .max: isBool ? .bits(isAll: false) : extreme(.max)
      case .any: .bits(isAll: false)
      case .all: .bits(isAll: true)
      case .argmin, .argmax: .position
      }
  }
}
