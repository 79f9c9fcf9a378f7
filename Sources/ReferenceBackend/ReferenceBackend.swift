package import Arrays
package import SymbolicGraph

/// Runs a graph in plain loops that anyone can check.
///
/// It is the oracle of the tests and what runs where LLVM is absent. It knows nothing of kernels:
/// every equation is computed by itself, in the order of the program, on one thread. Floating
/// elementwise values are computed in `float64` and rounded once to the dtype of the equation.
package enum ReferenceBackend {
  /// Returns the outputs of `graph` for these inputs, in the graph's order.
  ///
  /// - Parameter compute: Computes the value of an equation, by its number, with `body`; for those who
  ///   want to know when that is.
  /// - Throws: `InputMismatch` where the inputs do not have the types of the graph, `GraphError`
  ///   where their lengths break a rule of an operation, `ArrayError` where memory runs out.
  package static func run(
    _ graph: Graph, _ inputs: [NDArray],
    compute: (_ equation: Int, _ body: () throws -> NDArray) throws -> NDArray = { try $1() }
  ) throws -> [NDArray] {
    try InputMismatch.check(graph, inputs)
    let fed = inputs.map { TensorType($0.dtype, $0.shape.map { .fixed($0) }) }
    let types = try graph.types(forInputs: fed)
    var run = Run(graph, types)
    return try run.outputs(of: graph, inputs, compute)
  }

  /// The equations that `run` computes, in order.
  package static func computed(in graph: Graph) -> [Int] {
    let counts = Run.useCounts(graph)
    return graph.equations.indices.filter { number in
      switch graph.equations[number].operation.lowering {
      case .input, .constant: false
      case .extent, .elementwise, .reduce, .view, .concatenate, .matmul: counts[number] > 0
      }
    }
  }

  /// Returns the value of one operation on `operands`, of a type with known lengths.
  package static func value(
    of lowering: Lowering, _ operands: [NDArray], _ type: TensorType
  ) throws -> NDArray {
    let (dtype, shape) = (type.dtype, type.lengths)
    switch lowering {
    case .input: throw InputMismatch.notFed()
    case .constant(let array): return array
    case .extent(let axis): return NDArray(operands[0].shape[axis])
    case .elementwise(let op): return try elementwise(op, operands, dtype, shape)
    case .reduce(let reduction, let axes, _, let accumulator):
      return try reduce(operands[0], reduction, axes, accumulator, dtype, shape)
    case .view(let view): return try operands[0].seen(through: view, shape)
    case .concatenate(let axis): return try concatenate(operands, axis, shape)
    case .matmul: return try matmul(operands[0], operands[1], shape)
    }
  }
}

/// The values of one run, each kept until its last use.
private struct Run {
  private let types: [TensorType]
  private var values: [NDArray?]
  private var usesLeft: [Int]

  init(_ graph: Graph, _ types: [TensorType]) {
    self.types = types
    values = Array(repeating: nil, count: types.count)
    usesLeft = Self.useCounts(graph)
  }

  mutating func outputs(
    of graph: Graph, _ inputs: [NDArray], _ compute: (Int, () throws -> NDArray) throws -> NDArray
  ) throws -> [NDArray] {
    for (number, array) in zip(graph.inputs, inputs) { values[number] = array }
    for (number, equation) in graph.equations.enumerated() where usesLeft[number] > 0 {
      if values[number] == nil {
        values[number] = try compute(number) { try value(of: equation, number).checked() }
      }
      for operand in Self.read(equation) { release(operand) }
    }
    return graph.outputs.compactMap { values[$0] }
  }

  private func value(of equation: Graph.Equation, _ number: Int) throws -> NDArray {
    // The operand of a length may not have been computed; its type is known all the same.
    if case .extent(let axis) = equation.operation.lowering {
      return NDArray(types[equation.operands[0]].lengths[axis])
    }
    let operands = Self.read(equation).compactMap { values[$0] }
    return try ReferenceBackend.value(of: equation.operation.lowering, operands, types[number])
  }

  private mutating func release(_ value: Int) {
    usesLeft[value] -= 1
    if usesLeft[value] == 0 { values[value] = nil }
  }

  /// The operands whose elements the equation reads; for a length that is none.
  private static func read(_ equation: Graph.Equation) -> [Int] {
    if case .extent = equation.operation.lowering { [] } else { equation.operands }
  }

  /// Returns how often each value is read on the way to the outputs; 0 where it is not needed.
  static func useCounts(_ graph: Graph) -> [Int] {
    var counts = [Int](repeating: 0, count: graph.equations.count)
    for output in graph.outputs { counts[output] += 1 }
    for (number, equation) in graph.equations.enumerated().reversed() where counts[number] > 0 {
      for operand in read(equation) { counts[operand] += 1 }
    }
    return counts
  }
}

extension TensorType {
  /// The lengths of the axes; in a type for concrete inputs all are known.
  fileprivate var lengths: [Int] { shape.map { $0.value ?? 0 } }
}
