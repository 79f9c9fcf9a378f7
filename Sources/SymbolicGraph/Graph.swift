import Arrays

/// A program in order: every equation uses only the results of earlier ones.
///
/// A value is named by the number of the equation that computes it.
public struct Graph: Sendable {
  /// One application of an operation.
  package struct Equation: Sendable {
    package var operation: any Operation
    package var operands: [Int]
    package var type: TensorType
    /// Where the expressions that it computes were written.
    package var origins: [Origin]

    package init(
      _ operation: any Operation, _ operands: [Int], _ type: TensorType, origins: [Origin] = []
    ) {
      self.operation = operation
      self.operands = operands
      self.type = type
      self.origins = origins
    }
  }

  /// The equations, inputs included.
  package var equations: [Equation] = []
  /// The values that are fed, in order.
  package var inputs: [Int] = []
  /// The values that are returned, in order.
  package var outputs: [Int] = []

  /// Creates a graph without equations.
  package init() {}

  /// Creates the graph that computes `outputs`.
  ///
  /// - Parameter inputs: The inputs in the order of the call; those that no output needs are kept,
  ///   and those that are missing are added behind.
  /// - Throws: Every mistake in the expressions.
  package init(inputs: [Tensor], outputs: [Tensor]) throws(GraphErrors) {
    let order = Node.topologicalOrder(of: inputs.map(\.node) + outputs.map(\.node))
    let errors = order.compactMap(\.error)
    if !errors.isEmpty { throw GraphErrors(errors) }
    var numbers: [ObjectIdentifier: Int] = [:]
    numbers.reserveCapacity(order.count)
    equations.reserveCapacity(order.count)
    for node in order {
      guard let type = node.type else { continue }
      let operands = node.operands.compactMap { numbers[ObjectIdentifier($0)] }
      let number = append(
        Equation(node.operation, operands, type, origins: node.origin.map { [$0] } ?? []))
      numbers[ObjectIdentifier(node)] = number
      if case .input = node.operation.lowering { self.inputs.append(number) }
    }
    self.outputs = outputs.compactMap { numbers[ObjectIdentifier($0.node)] }
  }

  /// Returns the number that a tensor has in the graph of `inputs` and `outputs`, or nil where it is
  /// part of none of them.
  package static func number(
    of tensor: Tensor, inputs: [Tensor], outputs: [Tensor]
  ) -> Int? {
    let order = Node.topologicalOrder(of: inputs.map(\.node) + outputs.map(\.node))
    return order.firstIndex { $0 === tensor.node }
  }

  /// Adds an equation and returns its number.
  package mutating func append(_ equation: Equation) -> Int {
    equations.append(equation)
    return equations.count - 1
  }

  /// Returns how many equations use each value, outputs counted as one use each.
  package var useCounts: [Int] {
    var counts = [Int](repeating: 0, count: equations.count)
    for equation in equations { for operand in equation.operands { counts[operand] += 1 } }
    for output in outputs { counts[output] += 1 }
    return counts
  }
}

extension Graph {
  /// Returns the type of every value when the inputs have these types; with known lengths, all are
  /// known.
  ///
  /// - Throws: The first rule that the lengths break, with the place of the expression.
  package func types(forInputs types: [TensorType]) throws(GraphError) -> [TensorType] {
    var result: [TensorType] = []
    result.reserveCapacity(equations.count)
    var fed = [Int: TensorType](minimumCapacity: inputs.count)
    for (input, type) in zip(inputs, types) { fed[input] = type }
    for (number, equation) in equations.enumerated() {
      do throws(GraphError) {
        let type: TensorType
        if let input = fed[number] {
          type = input
        } else {
          type = try equation.operation.resultType(equation.operands.map { result[$0] })
        }
        guard type.isCountable else {
          throw GraphError.sizeOverflow(equation.operation.name, type.shape)
        }
        result.append(type)
      } catch {
        throw located(error, at: equation, result)
      }
    }
    return result
  }

  /// Returns the mistake of wanting values that memory does not hold, named after the result of that size or
  /// else after the largest value on the way that may be among them.
  ///
  /// - Parameter types: The types of all values at the call.
  package func outOfMemory(byteCount: UInt128, types: [TensorType]) -> GraphError? {
    func count(_ value: Int) -> UInt128 {
      types[value].shape.reduce(UInt128(types[value].dtype.byteCount)) {
        $0 &* UInt128($1.value ?? 1)
      }
    }
    let result = outputs.first { count($0) == byteCount }
    let largest = equations.indices.filter { equations[$0].isComputed && count($0) <= byteCount }
      .max { count($0) < count($1) }
    guard let value = result ?? largest else { return nil }
    let name = equations[value].operation.name
    return located(
      .cannotAllocate(name, types[value], byteCount: byteCount, isResult: result != nil),
      at: equations[value], types)
  }
}

extension Graph.Equation {
  /// Whether a call may have to keep the value somewhere, rather than find it in what it is fed.
  fileprivate var isComputed: Bool {
    switch operation.lowering {
    case .elementwise, .reduce, .concatenate, .matmul: true
    case .input, .constant, .extent, .view: false
    }
  }
}
