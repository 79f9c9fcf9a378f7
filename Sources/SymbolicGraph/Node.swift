import Arrays

/// One immutable step of an expression: an operation, its operands, its type.
///
/// Nodes are made by any thread and never change, so sharing them is safe.
// SAFETY: `operands` is assigned in `init` and emptied in `deinit`, where no other reference is left.
package final class Node: @unchecked Sendable {
  package let operation: any Operation
  package private(set) var operands: [Node]
  /// The type, unless this node or one below it is a mistake.
  package let type: TensorType?
  /// The mistake made here, if any.
  package let error: GraphError?
  /// Where the expression was written.
  package let origin: Origin?
  /// Whether the dtype gives way to that of a stronger operand, as literals' do.
  package let isWeak: Bool

  /// Creates a node. A rule that the operands break is kept as the node's error.
  package init(
    _ operation: any Operation, _ operands: [Node] = [], isWeak: Bool = false,
    origin: Origin? = nil
  ) {
    self.operation = operation
    self.operands = operands
    self.isWeak = isWeak
    self.origin = origin
    let types = operands.compactMap(\.type)
    guard types.count == operands.count else {
      (type, error) = (nil, nil)
      return
    }
    do throws(GraphError) {
      let type = try operation.resultType(types)
      if type.rank > NDArray.maximumRank {
        throw GraphError.tooManyAxes(operation.name, type.rank)
      }
      guard type.isCountable else { throw GraphError.sizeOverflow(operation.name, type.shape) }
      self.type = type
      error = nil
    } catch {
      type = nil
      self.error = Self.located(error, operands, origin)
    }
  }

  /// Creates a node for a mistake that was found before there was an operation to make.
  init(broken error: GraphError, _ operands: [Node], origin: Origin?) {
    operation = Broken()
    self.operands = operands
    self.origin = origin
    isWeak = false
    type = nil
    let isFirst = operands.allSatisfy { $0.type != nil }
    self.error = isFirst ? Self.located(error, operands, origin) : nil
  }

  private static func located(
    _ error: GraphError, _ operands: [Node], _ origin: Origin?
  ) -> GraphError {
    var error = error
    error.origin = origin
    error.notes = OperandNotes.lines(operands.map(\.asOperand)) + error.notes
    return error
  }

  /// Lets go of what hangs below in a loop: a recursive release of a chain of 60,000 nodes overflows
  /// the stack.
  deinit {
    var pending = operands
    operands = []
    while var node = pending.popLast() {
      if isKnownUniquelyReferenced(&node) {
        pending += node.operands
        node.operands = []
      }
    }
  }

  /// Returns every node that `roots` are made of, operands before the nodes that use them, left to
  /// right.
  package static func topologicalOrder(of roots: [Node]) -> [Node] {
    var order: [Node] = []
    var visited: Set<ObjectIdentifier> = []
    var stack: [(node: Node, next: Int)] = []
    for root in roots where visited.insert(ObjectIdentifier(root)).inserted {
      stack.append((root, 0))
      while let (node, next) = stack.last {
        if next == node.operands.count {
          order.append(node)
          stack.removeLast()
        } else {
          stack[stack.count - 1].next += 1
          let operand = node.operands[next]
          if visited.insert(ObjectIdentifier(operand)).inserted { stack.append((operand, 0)) }
        }
      }
    }
    return order
  }
}

/// Stands for an operation that could not be made.
private struct Broken: Operation {
  var name: String { "broken" }
  var lowering: Lowering { .input }
  func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    TensorType(.bool, [])
  }
}
