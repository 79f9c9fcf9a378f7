import Arrays
import SymbolicGraph

/// Why a function could not be made, or could not be called with what it was given. The function stays
/// usable.
public struct FunctionError: Error, Sendable, CustomStringConvertible, Equatable {
  private let message: String
  private let notes: [String]
  /// The inputs that it speaks of; their lines are looked up when it is printed.
  private let inputs: [ProgramInput]

  init(_ message: String, notes: [String] = [], inputs: [ProgramInput] = []) {
    (self.message, self.notes, self.inputs) = (message, notes, inputs)
  }

  /// One phrase that states the rule and what was found, then notes, indented.
  public var description: String {
    let places = inputs.compactMap { input in
      input.origin?.location.map { "'\(input.name)' was made at \($0)" }
    }
    return ([message.onOneLine] + (notes + places).map { "  " + $0.onOneLine })
      .joined(separator: "\n")
  }

  public static func == (a: FunctionError, b: FunctionError) -> Bool {
    a.message == b.message && a.notes == b.notes
  }
}

extension FunctionError {
  private static func text(_ shape: [Int]) -> String { TensorType.text(shape.map { .fixed($0) }) }

  static func notAnInput(
    _ function: String, position: Int, _ origin: Origin?
  ) -> FunctionError {
    let place = origin?.location.map { ", at \($0)" } ?? ""
    return FunctionError(
      "\(function): inputs must be tensors that are fed, such as Tensor.vector(\"x\"); number "
        + "\(position) is computed from others\(place)")
  }

  static func notFeedable(_ function: String, _ operation: String) -> FunctionError {
    FunctionError("\(function): only inputs can be fed; got the result of '\(operation)'")
  }

  static func notPart(_ function: String, _ operation: String) -> FunctionError {
    FunctionError(
      "\(function): only expressions that it computes can be explained; this '\(operation)' is none",
      notes: ["equal expressions are not the same one: keep the tensor that the output is made of"])
  }

  static func doubledInput(_ function: String, _ name: String) -> FunctionError {
    FunctionError("\(function): each input may be listed once; '\(name)' is listed twice")
  }

  static func equalNames(
    _ function: String, _ first: ProgramInput, _ second: ProgramInput
  ) -> FunctionError {
    FunctionError(
      "\(function): inputs must have names of their own; two are called '\(first.name)'",
      inputs: [first, second])
  }

  static func unlistedInput(_ function: String, _ input: ProgramInput) -> FunctionError {
    FunctionError(
      "\(function): every input that an output needs must be listed; '\(input.name)' is missing",
      inputs: [input])
  }

  static func wrongStateCount(_ function: String, _ expected: Int, got: Int) -> FunctionError {
    FunctionError(
      "\(function): update takes a state for each of \(expected) outputs; got \(got)")
  }

  static func wrongState(
    _ function: String, _ input: ProgramInput, becomes type: TensorType
  ) -> FunctionError {
    let takes = input.type, castable = takes.dtype != type.dtype && takes.rank == type.rank
    return FunctionError(
      "\(function): update must leave what '\(input.name)' takes, \(takes); its output is \(type)",
      notes: castable ? ["cast(to: .\(takes.dtype)) of the output converts it"] : [],
      inputs: [input])
  }

  static func wrongCount(
    _ function: String, _ inputs: [ProgramInput], got: Int
  ) -> FunctionError {
    let count = "\(inputs.count) input\(inputs.count == 1 ? "" : "s")"
    // Of many inputs the first tell what they are.
    return FunctionError(
      "\(function): takes \(count); got \(got)", inputs: Array(inputs.prefix(8)))
  }

  static func missingInput(_ function: String, _ input: ProgramInput) -> FunctionError {
    FunctionError("\(function): input '\(input.name)' is missing", inputs: [input])
  }

  static func unknownInput(_ function: String, _ name: String, known: [String]) -> FunctionError {
    let list = known.map { "'\($0)'" }.joined(separator: ", ")
    return FunctionError(
      "\(function): there is no input '\(name)'",
      notes: [known.isEmpty ? "it has no inputs" : "its inputs are \(list)"])
  }

  static func wrongInput(
    _ function: String, _ input: ProgramInput, got: NDArray
  ) -> FunctionError {
    let (takes, found) = (input.type, got.dtype.shortName + text(got.shape))
    let castable = takes.dtype != got.dtype && takes.rank == got.rank
    return FunctionError(
      "\(function): input '\(input.name)' takes \(takes); got \(found)",
      notes: castable ? ["cast(to: .\(takes.dtype)) converts it"] : [], inputs: [input])
  }

  static func impossibleShape(
    _ function: String, _ input: ProgramInput, got shape: [Int], _ error: ArrayError
  ) -> FunctionError {
    FunctionError(
      "\(function): input '\(input.name)' takes \(input.type); got the shape \(text(shape))",
      notes: ["\(error)"], inputs: [input])
  }

  static func inexactLiteral(
    _ function: String, _ input: ProgramInput, got: DType
  ) -> FunctionError {
    let takes = input.type.dtype
    return FunctionError(
      "\(function): input '\(input.name)' takes \(takes), which cannot hold these \(got) values",
      notes: ["an NDArray with cast(to: .\(takes)) converts them"], inputs: [input])
  }

  static func dimensionClash(
    _ function: String, _ dimension: String, _ a: (input: ProgramInput, length: Int),
    _ b: (input: ProgramInput, length: Int)
  ) -> FunctionError {
    FunctionError(
      "\(function): dimension '\(dimension)' must have one length; it is \(a.length) in "
        + "'\(a.input.name)' and \(b.length) in '\(b.input.name)'",
      inputs: [a.input, b.input])
  }

  static func badThreads(_ threads: Int) -> FunctionError {
    FunctionError("session: threads must be at least 1; got \(threads)")
  }
}
