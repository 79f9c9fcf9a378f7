public import Arrays

/// A straight-line program over the values of one lane.
///
/// Two kinds of operation fill it: `Composite` speaks of named scalar operations, as users and
/// the optimizer do; `LaneProgram` speaks of instructions only, as back ends do.
public struct ScalarProgram<Operation: Hashable & Sendable>: Hashable, Sendable {
  /// Where a line finds a value.
  public enum Operand: Hashable, Sendable {
    /// The program's input of that number.
    case input(Int)
    /// A value that is part of the program.
    case constant(Scalar)
    /// The result of an earlier line.
    case line(Int)
  }

  /// One application of an operation.
  public struct Line: Hashable, Sendable {
    /// What is computed.
    public let operation: Operation
    /// From what.
    public let operands: [Operand]
    /// The dtype of the result.
    public let dtype: DType

    /// Creates the line `operation(operands): dtype`.
    public init(_ operation: Operation, _ operands: [Operand], _ dtype: DType) {
      self.operation = operation
      self.operands = operands
      self.dtype = dtype
    }
  }

  /// The dtypes of the inputs.
  public private(set) var inputs: [DType]
  /// The lines, each of which uses only earlier ones.
  public private(set) var lines: [Line] = []
  /// What the program yields.
  public var results: [Operand] = []

  /// Creates a program without lines.
  public init(inputs: [DType] = []) {
    self.inputs = inputs
  }

  /// Adds an input and returns the operand that reads it.
  public mutating func addInput(_ dtype: DType) -> Operand {
    inputs.append(dtype)
    return .input(inputs.count - 1)
  }

  /// Adds a line and returns the operand that reads its result.
  public mutating func append(
    _ operation: Operation, _ operands: [Operand], _ dtype: DType
  ) -> Operand {
    append(Line(operation, operands, dtype))
  }

  /// Adds a line and returns the operand that reads its result.
  package mutating func append(_ line: Line) -> Operand {
    lines.append(line)
    return .line(lines.count - 1)
  }

  /// Returns the dtype of the value that `operand` reads.
  public func dtype(of operand: Operand) -> DType {
    switch operand {
    case .input(let number): inputs[number]
    case .constant(let scalar): scalar.dtype
    case .line(let number): lines[number].dtype
    }
  }
}

extension ScalarProgram {
  /// Tells of each line whether it depends on nothing but constants and inputs for which
  /// `isUniform` holds.
  package func uniformLines(_ isUniform: (_ input: Int) -> Bool) -> [Bool] {
    var uniform: [Bool] = []
    for line in lines {
      uniform.append(
        line.operands.allSatisfy { operand in
          switch operand {
          case .input(let number): isUniform(number)
          case .constant: true
          case .line(let number): uniform[number]
          }
        })
    }
    return uniform
  }

  /// Returns the program without the lines that no result needs; inputs stay.
  package func pruned() -> Self {
    var isNeeded = Array(repeating: false, count: lines.count)
    for case .line(let number) in results { isNeeded[number] = true }
    for number in lines.indices.reversed() where isNeeded[number] {
      for case .line(let operand) in lines[number].operands { isNeeded[operand] = true }
    }
    if isNeeded.allSatisfy(\.self) { return self }
    return rebuilt { pruned, number, line in
      // Nothing asks for the others.
      isNeeded[number] ? pruned.append(line) : .line(number)
    }
  }

  /// Returns the program with another value for each line: what `place` returns, which gets the new
  /// program so far, the line's number and the line with its operands in that program.
  package func rebuilt(_ place: (inout Self, _ number: Int, Line) -> Operand) -> Self {
    var program = Self(inputs: inputs), moved: [Operand] = []
    func move(_ operand: Operand) -> Operand {
      if case .line(let number) = operand { moved[number] } else { operand }
    }
    for (number, line) in lines.enumerated() {
      let line = Line(line.operation, line.operands.map(move), line.dtype)
      moved.append(place(&program, number, line))
    }
    program.results = results.map(move)
    return program
  }
}

/// A program of named scalar operations: what a fused elementwise operation computes.
public typealias Composite = ScalarProgram<ScalarOp>

/// A program of instructions: what a back end emits or interprets.
public typealias LaneProgram = ScalarProgram<Instruction>
