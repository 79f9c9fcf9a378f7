internal import Arrays
internal import KernelIR
internal import Scalars

// The greatest value of a row, as a softmax takes it before it sums exponentials, need not become NaN where
// one of the values is: the sum of the exponentials will, whatever is subtracted from them, and with it all
// results of the row. So nothing has to look for NaN there, which vectors do beside the extreme itself: on
// Zen 4, which compares in the pipes that multiply, softmax takes 0.95 times as long without it.
//
// Nor where squares or magnitudes of the same values are summed beside the extreme, as for a variance: no infinities
// cancel in those, so the sum is NaN just where a value was, and the extreme is made so in the end. On Emerald Rapids
// the sum, sum of squares, maximum and minimum of float32 take 0.86 to 0.92 times as long in the second cache.

extension Kernel {
  /// Whether a NaN among the values of an accumulator of `stage` makes every result of its row NaN by
  /// another way than this accumulator.
  func needsNoNaN(of accumulator: Accumulator, of stage: Stage) -> Bool {
    guard accumulator.reduction.isExtreme, accumulator.dtype.isFloating,
      case .input(let input) = stage.composite.results[accumulator.result],
      case .load(let access) = stage.sources[input],
      !argument(ofAccess: access).isOutput
    else { return false }
    let sums = sumsThatPassNaN(of: stage.sources[input])
    return stages.indices.allSatisfy { number in
      stages[number].stores.allSatisfy { store in
        isOverwritten(store.access, after: number)
          || stages[number].passesNaN(
            to: store.result, from: { sums.contains($0) })
      }
    }
  }

  /// The accumulators that are NaN where one of the elements of `source` is.
  private func sumsThatPassNaN(of source: Source) -> [Source] {
    let accumulators = accumulatorsInStages
    return accumulators.indices.filter { number in
      let (stage, accumulator) = accumulators[number]
      return accumulator.reduction == .sum && accumulator.dtype.isFloating
        && stage.passesNaN(to: accumulator.result, from: { $0 == source })
    }.map { .accumulator($0) }
  }

  /// Whether what a stage writes gives place to what a later one writes.
  private func isOverwritten(_ access: Int, after stage: Int) -> Bool {
    stages[(stage + 1)...].contains { later in
      later.loops == stages[stage].loops && later.stores.contains { $0.access == access }
    }
  }
}

extension Stage {
  /// The accumulator, by number, that is NaN just where one of the values of an extreme is.
  func sumTellingNaN(of extreme: Accumulator) -> Int? {
    guard extreme.reduction.isExtreme, extreme.dtype.isFloating else { return nil }
    let value = composite.results[extreme.result]
    return accumulators.firstIndex {
      $0.reduction == .sum && $0.dtype.isFloating
        && composite.isMagnitude(composite.results[$0.result], of: value)
    }
  }

  /// Whether a result is NaN whenever a value of one of some sources is.
  fileprivate func passesNaN(to result: Int, from isSource: (Source) -> Bool) -> Bool {
    composite.passesNaN(to: composite.results[result]) { isSource(sources[$0]) }
  }
}

extension Composite {
  fileprivate func passesNaN(to operand: Operand, from isSource: (_ input: Int) -> Bool) -> Bool {
    var passing: [Bool] = []
    func passes(_ operand: Operand) -> Bool {
      switch operand {
      case .input(let number): isSource(number)
      case .constant: false
      case .line(let number): passing[number]
      }
    }
    for line in lines {
      passing.append(
        line.dtype.isFloating && line.operation.passesNaN && line.operands.contains(where: passes))
    }
    return passes(operand)
  }

  /// Whether an operand is NaN where `value` is, and above or equal to zero elsewhere.
  fileprivate func isMagnitude(_ operand: Operand, of value: Operand) -> Bool {
    guard case .line(let number) = operand, lines[number].dtype.isFloating else { return false }
    let operands = lines[number].operands
    switch lines[number].operation {
    case .cast: return isMagnitude(operands[0], of: value)
    case .square, .abs: return isShifted(operands[0], from: value)
    case .mul: return operands[0] == operands[1] && isShifted(operands[0], from: value)
    default: return false
    }
  }

  /// Whether an operand is a floating `value`, in whatever dtype, less something finite.
  private func isShifted(_ operand: Operand, from value: Operand) -> Bool {
    if operand == value { return true }
    guard case .line(let number) = operand, lines[number].dtype.isFloating else { return false }
    let operands = lines[number].operands
    switch lines[number].operation {
    case .cast: return isShifted(operands[0], from: value)
    case .sub: return isShifted(operands[0], from: value) && isFinite(operands[1])
    default: return false
    }
  }

  /// Whether an operand is finite for sure: a constant, or what is kept only where its magnitude is below infinity.
  private func isFinite(_ operand: Operand) -> Bool {
    switch operand {
    case .input: return false
    case .constant(let scalar): return scalar.asDouble.isFinite
    case .line(let number):
      let operands = lines[number].operands
      // What is finite stays so in a wider dtype.
      if lines[number].operation == .cast { return isWidened(number) && isFinite(operands[0]) }
      guard lines[number].operation == .where, isFinite(operands[2]),
        case .line(let comparison) = operands[0], lines[comparison].operation == .lt,
        case .line(let magnitude) = lines[comparison].operands[0],
        case .constant(let bound) = lines[comparison].operands[1]
      else { return false }
      return lines[magnitude].operation == .abs && lines[magnitude].operands == [operands[1]]
        && bound.asDouble == .infinity
    }
  }

  private func isWidened(_ number: Int) -> Bool {
    let (from, to) = (dtype(of: lines[number].operands[0]), lines[number].dtype)
    return from.isFloating && to.isFloating && from.byteCount <= to.byteCount
  }
}

extension ScalarOp {
  /// Whether a floating result is NaN whenever an operand is, for those that stand between a row and its sum.
  fileprivate var passesNaN: Bool {
    switch self {
    case .add, .sub, .mul, .div, .neg, .reciprocal, .exp, .log, .cast: true
    default: false
    }
  }
}
