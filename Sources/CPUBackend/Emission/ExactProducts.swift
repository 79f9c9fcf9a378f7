internal import Arrays
internal import KernelIR
internal import Scalars

// Products of float32 values that are summed in float64, as sums of squares and of products are, are
// not rounded to float32 first: in float64 they are exact. This is also less work, since the factors
// are converted while they are loaded, and a product and a sum become one fused multiply-add.

extension LaneProgram {
  /// Returns the program with such products computed in the dtype in which `stage` accumulates them.
  func withExactProducts(in stage: Stage) -> LaneProgram {
    var program = self
    var wide: [Operand: Operand] = [:]
    for accumulator in stage.accumulators
    where accumulator.reduction == .sum && accumulator.dtype == .float64 {
      let isStored = stage.stores.contains { $0.result == accumulator.result }
      guard !isStored, let product = product(behind: results[accumulator.result])
      else { continue }
      let factors = product.operands.map { factor in
        let known = wide[factor] ?? program.append(.convert, [factor], .float64)
        wide[factor] = known
        return known
      }
      program.results[accumulator.result] = program.append(.mul, factors, .float64)
    }
    return program
  }

  /// The product of float32 values that `operand` is converted from, if it is.
  private func product(behind operand: Operand) -> Line? {
    guard case .line(let number) = operand, lines[number].operation == .convert,
      case .line(let source)? = lines[number].operands.first,
      lines[source].operation == .mul, lines[source].dtype == .float32
    else { return nil }
    return lines[source]
  }
}
