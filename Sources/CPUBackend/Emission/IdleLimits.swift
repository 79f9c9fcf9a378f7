internal import Arrays
internal import KernelIR
internal import Scalars

// What is left of an element when the greatest of its row is subtracted, as a softmax does before it takes
// exponentials, is not above zero, so that the exponential's limit from above never applies. If a NaN made
// something else of the greatest, as `needsNoNaN` allows, results are NaN whatever exponentials come out. On
// Zen 4 softmax takes 0.97 times as long without the limit, and logsumexp 0.95 times. Where nothing is
// subtracted if the greatest is infinite, as in `logSumExp`, the limit is needed for that infinity. Integers
// wrap, and what is left of them may be anything.

extension LaneProgram {
  /// Returns the program of `stage` without such limits.
  func withoutIdleLimits(in stage: Stage, of kernel: Kernel) -> LaneProgram {
    guard !stage.readAccumulators.isEmpty else { return self }
    return rebuilt { program, _, line in
      program.valueBelow(
        line, where: { kernel.isGreatest(stage.sources[$0], of: stage.sources[$1]) })
        ?? program.append(line)
    }
  }

  /// The value that `line` limits from above, if it does no more than that and the value is an input less
  /// another, which is the greatest of its row by `isGreatest`, and so within the limit.
  private func valueBelow(
    _ line: Line, where isGreatest: (_ peak: Int, _ input: Int) -> Bool
  ) -> Operand? {
    guard line.operation == .select, line.dtype.isFloating,
      case .line(let comparison) = line.operands[0],
      lines[comparison].operation == .gt,
      lines[comparison].operands == [line.operands[2], line.operands[1]],
      case .constant(let limit) = line.operands[1], limit.asDouble >= 0,
      case .line(let difference) = line.operands[2], lines[difference].operation == .sub,
      case .input(let input) = lines[difference].operands[0],
      case .input(let peak) = lines[difference].operands[1], isGreatest(peak, input)
    else { return nil }
    return line.operands[2]
  }
}

extension Kernel {
  /// Whether `source` is the greatest of the elements of `element`, of which nothing is written.
  fileprivate func isGreatest(_ source: Source, of element: Source) -> Bool {
    guard case .accumulator(let number) = source, case .load(let access) = element,
      !argument(ofAccess: access).isOutput
    else { return false }
    let (stage, accumulator) = accumulatorsInStages[number]
    guard accumulator.reduction == .max,
      case .input(let input) = stage.composite.results[accumulator.result]
    else { return false }
    return stage.sources[input] == element
  }

  /// The accumulators of all stages, in order, with their stages.
  var accumulatorsInStages: [(stage: Stage, accumulator: Accumulator)] {
    stages.flatMap { stage in stage.accumulators.map { (stage, $0) } }
  }
}
