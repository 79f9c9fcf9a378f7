import Arrays

/// A value inside an expansion, so that formulas can be written as formulas.
///
/// The operators append instructions to the program that the value belongs to.
public struct Lane {
  /// The program under construction.
  let builder: LaneBuilder
  /// Where the program finds the value.
  let operand: LaneProgram.Operand

  /// The dtype of the value.
  var dtype: DType { builder.program.dtype(of: operand) }
}

/// Appends the instructions of expansions to a program; equal lines are written once.
public final class LaneBuilder {
  private(set) var program: LaneProgram
  private var numbers: [LaneProgram.Line: LaneProgram.Operand] = [:]

  init(inputs: [DType]) {
    program = LaneProgram(inputs: inputs)
  }

  func emit(_ instruction: Instruction, _ operands: [Lane], _ dtype: DType? = nil) -> Lane {
    let line = LaneProgram.Line(instruction, operands.map(\.operand), dtype ?? operands[0].dtype)
    if let known = numbers[line] { return Lane(builder: self, operand: known) }
    let operand = program.append(line.operation, line.operands, line.dtype)
    numbers[line] = operand
    return Lane(builder: self, operand: operand)
  }

  /// Returns the program that yields `results`, without the lines that none of them needs.
  func finish(results: [LaneProgram.Operand]) -> LaneProgram {
    program.results = results
    return program.pruned()
  }
}

extension Lane {
  /// A constant of this value's dtype.
  func constant(_ value: Double) -> Lane {
    constant(Scalar.float(value, .float64).cast(to: dtype))
  }

  /// A constant of any dtype, in the same program.
  func constant(_ scalar: Scalar) -> Lane { Lane(builder: builder, operand: .constant(scalar)) }

  /// The result of a one-operand instruction.
  func apply(_ instruction: Instruction, _ dtype: DType? = nil) -> Lane {
    builder.emit(instruction, [self], dtype)
  }

  /// The value as another dtype, converted or with the same bits.
  func converted(to dtype: DType) -> Lane { self.dtype == dtype ? self : apply(.convert, dtype) }
  func bitcast(to dtype: DType) -> Lane { self.dtype == dtype ? self : apply(.bitcast, dtype) }

  static func + (a: Lane, b: Lane) -> Lane { a.builder.emit(.add, [a, b]) }
  static func - (a: Lane, b: Lane) -> Lane { a.builder.emit(.sub, [a, b]) }
  static func * (a: Lane, b: Lane) -> Lane { a.builder.emit(.mul, [a, b]) }
  static func / (a: Lane, b: Lane) -> Lane { a.builder.emit(.div, [a, b]) }
  static prefix func - (a: Lane) -> Lane { a.apply(.neg) }
  static func & (a: Lane, b: Lane) -> Lane { a.builder.emit(.and, [a, b]) }
  static func | (a: Lane, b: Lane) -> Lane { a.builder.emit(.or, [a, b]) }
  static func ^ (a: Lane, b: Lane) -> Lane { a.builder.emit(.xor, [a, b]) }
  static func << (a: Lane, b: Lane) -> Lane { a.builder.emit(.shiftLeft, [a, b]) }
  static func >> (a: Lane, b: Lane) -> Lane { a.builder.emit(.shiftRight, [a, b]) }
  static func .== (a: Lane, b: Lane) -> Lane { a.builder.emit(.eq, [a, b], .bool) }
  static func .!= (a: Lane, b: Lane) -> Lane { a.builder.emit(.ne, [a, b], .bool) }
  static func .< (a: Lane, b: Lane) -> Lane { a.builder.emit(.lt, [a, b], .bool) }
  static func .<= (a: Lane, b: Lane) -> Lane { a.builder.emit(.le, [a, b], .bool) }
  static func .> (a: Lane, b: Lane) -> Lane { a.builder.emit(.gt, [a, b], .bool) }
  static func .>= (a: Lane, b: Lane) -> Lane { a.builder.emit(.ge, [a, b], .bool) }
}

extension Lane {
  /// The value times 2 to the power of `n`; see `Instruction.scale` for what it takes.
  func scaled(by n: Lane) -> Lane { builder.emit(.scale, [self, n]) }
}

/// `condition ? a : b`, lane by lane.
func select(_ condition: Lane, _ a: Lane, _ b: Lane) -> Lane {
  a.builder.emit(.select, [condition, a, b], a.dtype)
}

/// `a * b + c`, rounded once.
func fma(_ a: Lane, _ b: Lane, _ c: Lane) -> Lane { a.builder.emit(.fma, [a, b, c]) }
