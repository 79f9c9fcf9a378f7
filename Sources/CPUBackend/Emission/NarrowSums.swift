internal import Arrays
internal import KernelIR
internal import Scalars

// Exponentials of float32 that are summed in float64, as those of a softmax are, may be added in
// float32 a few at a time before they are widened. None of them is below zero, so each such addition
// rounds the sum by half a unit in the last place of float32 at most, as computing the exponential did.
// Widening them one by one would take a third of softmax's time on Zen 3, which has no wider registers
// to widen them into.

extension Kernel {
  /// Whether the values of an accumulator of `stage`, which is `number` counted through the kernel, may
  /// be added a few at a time before they are widened: float32 exponentials, of whose sum no more is read
  /// than a float32 holds.
  func addsBeforeWidening(_ accumulator: Accumulator, of stage: Stage, number: Int) -> Bool {
    accumulator.reduction == .sum && accumulator.dtype == .float64
      && stage.composite.isWidenedExponential(stage.composite.results[accumulator.result])
      && isReadNarrowed(accumulator: number)
  }

  /// Whether all that is done with an accumulator's value is to make it a float32.
  private func isReadNarrowed(accumulator number: Int) -> Bool {
    stages.allSatisfy { stage in
      stage.sources.indices.filter { stage.sources[$0] == .accumulator(number) }.allSatisfy {
        stage.composite.onlyNarrows(.input($0))
      }
    }
  }
}

extension Composite {
  fileprivate func isWidenedExponential(_ operand: Operand) -> Bool {
    guard case .line(let number) = operand, lines[number].operation == .cast,
      case .line(let source)? = lines[number].operands.first
    else { return false }
    return lines[source].operation == .exp && lines[source].dtype == .float32
  }

  fileprivate func onlyNarrows(_ operand: Operand) -> Bool {
    !results.contains(operand)
      && lines.allSatisfy {
        !$0.operands.contains(operand) || $0.operation == .cast && $0.dtype == .float32
      }
  }
}

extension LaneProgram {
  /// What a conversion converts, if `operand` is one.
  func source(ofConverted operand: Operand) -> Operand? {
    guard case .line(let number) = operand, lines[number].operation == .convert else { return nil }
    return lines[number].operands.first
  }
}
