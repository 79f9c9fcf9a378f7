public import Arrays
import GraphOptimizer
public import SymbolicGraph

/// A compiled expression that is called like a function.
///
/// One output makes a `Function<NDArray>`, whose calls return an array; a list of outputs makes a
/// `Function<[NDArray]>`. A function may be called from any number of threads at once, and with
/// arrays of any sizes that its inputs admit: it is compiled once.
public struct Function<Output: Sendable>: Sendable, CustomStringConvertible {
  let program: Program
  private let output: @Sendable ([NDArray]) -> Output

  init(_ program: Program, output: @escaping @Sendable ([NDArray]) -> Output) {
    self.program = program
    self.output = output
  }

  /// What errors and plans call it.
  public var name: String { program.name }

  /// The names of the inputs, in the order of the call.
  public var inputNames: [String] { program.inputs.map(\.name) }

  /// How many kernels the plan has, unless an array is repeated along an axis whose length was not
  /// known; see `description`. Where a reduction is to few values, a call runs its kernel in parts.
  public var kernelCount: Int { program.plans.main.kernels.count }

  /// The plan: what is allocated, and which kernels and library calls run.
  ///
  /// Lengths `?` are not known. Those that meet in an operation are assumed to be equal, and are
  /// called `?1`, `?2` and so on; a call with an array that is repeated instead runs another plan.
  public var description: String { program.plans.main.description }

  /// Computes the outputs from arrays, Swift arrays or numbers in the order of the inputs.
  @_disfavoredOverload
  public func callAsFunction(_ inputs: any ArrayConvertible...) throws -> Output {
    output(try program.run(try inputs.map { try $0.ndArray() }))
  }

  /// Computes the outputs from arrays, Swift arrays or numbers by the names of the inputs.
  public func callAsFunction(_ inputs: [String: any ArrayConvertible]) throws -> Output {
    let names = inputNames
    if let unknown = inputs.keys.filter({ !names.contains($0) }).min() {
      throw FunctionError.unknownInput(name, unknown, known: names)
    }
    return output(
      try program.run(
        try program.inputs.map { input in
          guard let value = inputs[input.name] else {
            throw FunctionError.missingInput(name, input)
          }
          return try value.ndArray()
        }))
  }
}

extension Function where Output == NDArray {
  /// Compiles one expression.
  ///
  /// - Parameters:
  ///   - inputs: The tensors that are fed, in the order of the call.
  ///   - output: What is computed.
  ///   - name: What errors and plans call it.
  ///   - profile: Whether calls are counted, which `profile` then tells of.
  /// - Throws: `GraphErrors` with every mistake in the expression, `FunctionError` for inputs that
  ///   are doubled, missing or no inputs.
  public init(
    _ inputs: [Tensor], _ output: Tensor, name: String = "function", profile: Bool = false
  ) throws {
    try self.init(inputs, output, name: name, profile: profile, session: .standard)
  }

  init(
    _ inputs: [Tensor], _ output: Tensor, name: String, profile: Bool, session: Session
  ) throws {
    let program = try Program(
      name: name, inputs: inputs, outputs: [output], threads: try session.budget(),
      profile: session.request(profile))
    self.init(program) { $0[0] }
  }

  /// Computes the output, of a function without inputs.
  ///
  /// - Throws: `ArrayError` when memory cannot be had.
  public func callAsFunction() throws -> NDArray { try program.runSingle([]) }

  /// Computes the output from an array.
  ///
  /// - Throws: `FunctionError` for arrays that an input does not take, `GraphError` for lengths that
  ///   an operation does not take, `ArrayError` when memory cannot be had.
  // This and the next spare short calls the list that any number of arrays are passed in.
  public func callAsFunction(_ a: NDArray) throws -> NDArray { try program.runSingle(a) }

  /// Computes the output from two arrays in the order of the inputs; throws as for one.
  public func callAsFunction(_ a: NDArray, _ b: NDArray) throws -> NDArray {
    try program.runSingle(a, b)
  }

  /// Computes the output from three or more arrays in the order of the inputs; throws as for one.
  public func callAsFunction(
    _ a: NDArray, _ b: NDArray, _ c: NDArray, _ more: NDArray...
  ) throws -> NDArray {
    try program.runSingle([a, b, c] + more)
  }

  /// Computes the output from a list of arrays in the order of the inputs.
  public func call(with inputs: [NDArray]) throws -> NDArray { try program.runSingle(inputs) }

  /// Computes the output from arrays that the caller gives away, in the order of the inputs.
  ///
  /// The output takes the memory of an input where it has as many bytes, the computation does not read
  /// the input any more when it writes them, and nobody else holds the elements: `f.call(donating:
  /// [consume x])`. What others hold never changes.
  public func call(donating inputs: consuming [NDArray]) throws -> NDArray {
    try program.run(giving: &inputs)[0]
  }

  /// Puts the output in the place of the first input: `x = f(x, y)` without memory for another `x`.
  ///
  /// The output takes the memory of `state` where it has as many bytes, the computation does not read
  /// `state` any more when it writes them, and no other array shares its elements; arrays that share them
  /// never change.
  ///
  /// - Throws: What a call throws, and `FunctionError` where the output has another dtype or rank than the input,
  ///   which would not take it again; `state` is then as it was.
  public func update(_ state: inout NDArray, _ inputs: NDArray...) throws {
    try program.update(&state, inputs)
  }
}

extension Function where Output == [NDArray] {
  /// Compiles several expressions that are computed together; see the initializer for one.
  public init(
    _ inputs: [Tensor], _ outputs: [Tensor], name: String = "function", profile: Bool = false
  ) throws {
    try self.init(inputs, outputs, name: name, profile: profile, session: .standard)
  }

  init(
    _ inputs: [Tensor], _ outputs: [Tensor], name: String, profile: Bool, session: Session
  ) throws {
    let program = try Program(
      name: name, inputs: inputs, outputs: outputs, threads: try session.budget(),
      profile: session.request(profile))
    self.init(program) { $0 }
  }

  /// Computes the outputs from arrays in the order of the inputs.
  ///
  /// - Throws: `FunctionError` for arrays that an input does not take, `GraphError` for lengths that
  ///   an operation does not take, `ArrayError` when memory cannot be had.
  public func callAsFunction(_ inputs: NDArray...) throws -> [NDArray] {
    try program.run(inputs)
  }

  /// Computes the outputs from a list of arrays in the order of the inputs.
  public func call(with inputs: [NDArray]) throws -> [NDArray] { try program.run(inputs) }

  /// Computes the outputs from arrays that the caller gives away, whose memory they take where that of a
  /// function of one output does.
  public func call(donating inputs: consuming [NDArray]) throws -> [NDArray] {
    try program.run(giving: &inputs)
  }

  /// Puts the outputs in the places of as many inputs, the first ones, as `update` of a function of one
  /// output does.
  ///
  /// - Throws: What a call throws, and `FunctionError` unless there are as many states as outputs, each of the
  ///   input's dtype and rank; the states are then as they were.
  public func update(_ states: inout [NDArray], _ inputs: NDArray...) throws {
    try program.update(&states, inputs)
  }
}
