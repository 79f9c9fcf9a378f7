internal import Arrays
internal import Scalars

// AVX-512 multiplies by a power of two with one instruction, of which the result may be subnormal.
// Elsewhere that takes seven. But nearly all exponentials are normal numbers: then it is enough to add to
// the exponent, and whether others are among them is a comparison and a branch. On Zen 3 the exponentials
// of a softmax and their sum take 0.8 times as long so.

extension LaneProgram {
  /// Returns the program with `scale` apart, in the first choices of selects, which `GuardedRegion` puts
  /// behind a branch.
  func withScalesApart() -> LaneProgram {
    guard lines.contains(where: { $0.operation == .scale }) else { return self }
    return rebuilt { program, _, line in
      let same = program.append(line)
      return line.operation == .scale ? program.choice(of: same, line.operands, line.dtype) : same
    }
  }

  /// Appends what is chosen: `scaled`, which is `operands[0] * 2^operands[1]`, or the same by an addition
  /// to the exponent, where that does.
  private mutating func choice(
    of scaled: Operand, _ operands: [Operand], _ dtype: DType
  ) -> Operand {
    let format = dtype == .float32 ? FloatFormat.float32 : .float64, integer = format.integer
    func constant(_ value: Double, _ dtype: DType) -> Operand {
      .constant(Scalar.float(value, .float64).cast(to: dtype))
    }
    // What is scaled is not below 2^-30, and so the result is normal. A NaN is not below the limit.
    let magnitude = append(.abs, [operands[1]], dtype)
    let isUsual = append(.lt, [magnitude, constant(Double(format.bias - 32), dtype)], .bool)
    let isRare = append(.not, [isUsual], .bool)
    let shifter = constant(format.shifter(), dtype)
    let shifted =
      whole(operands[1], shiftedBy: shifter) ?? append(.add, [operands[1], shifter], dtype)
    let bits = append(.bitcast, [shifted], integer)
    let power = append(
      .shiftLeft, [bits, constant(Double(format.mantissaBits), integer)], integer)
    let sum = append(.add, [append(.bitcast, [operands[0]], integer), power], integer)
    return append(.select, [isRare, scaled, append(.bitcast, [sum], dtype)], dtype)
  }

  /// What `shifter` was taken from to get `operand`, a whole number.
  private func whole(_ operand: Operand, shiftedBy shifter: Operand) -> Operand? {
    guard case .line(let number) = operand, lines[number].operation == .sub,
      lines[number].operands[1] == shifter
    else { return nil }
    return lines[number].operands[0]
  }
}
