internal import Arrays
internal import KernelIR
internal import Scalars

// The greatest value of a row, as a softmax takes it before it sums exponentials, need not become NaN where
// one of the values is: the sum of the exponentials will, whatever is subtracted from them, and with it all
// results of the row. So nothing has to look for NaN there, which vectors do beside the extreme itself: on
// Zen 4, which compares in the pipes that multiply, softmax takes 0.95 times as long without it.

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
